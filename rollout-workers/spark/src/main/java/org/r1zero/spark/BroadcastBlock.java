package org.r1zero.spark;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.r1zero.rollout.worker.Cluster;

/** Bytes that executors fetch from each other: no storage that all see is needed. */
record BroadcastBlock(List<Broadcast<byte[]>> chunks) implements Cluster.Block {
  /** An array is limited to 2 GB; smaller ones need no long free stretch of the heap. */
  private static final int CHUNK = 32 << 20;

  static BroadcastBlock of(JavaSparkContext context, Path file, long bytes) throws IOException {
    List<Broadcast<byte[]>> chunks = new ArrayList<>();
    try (InputStream in = Files.newInputStream(file)) {
      for (long left = bytes; left > 0; ) {
        byte[] chunk = in.readNBytes((int) Math.min(CHUNK, left));
        if (chunk.length == 0) {
          throw new IOException(file + " is shorter than " + bytes + " bytes");
        }
        chunks.add(context.broadcast(chunk));
        left -= chunk.length;
      }
    }
    return new BroadcastBlock(List.copyOf(chunks));
  }

  @Override
  public InputStream open() {
    List<InputStream> streams =
        new AbstractList<>() {
          @Override
          public InputStream get(int index) {
            return new ByteArrayInputStream(chunks.get(index).value()); // fetched when it is read
          }

          @Override
          public int size() {
            return chunks.size();
          }
        };
    return new SequenceInputStream(Collections.enumeration(streams));
  }

  void release() {
    chunks.forEach(Broadcast::destroy);
  }
}
