package org.r1zero.spark;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.UUID;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.r1zero.rollout.worker.Cluster;

/**
 * Bytes in a folder that all executors see, on any file system that Hadoop knows.
 *
 * @param uri of the file
 */
record FolderBlock(String uri) implements Cluster.Block {

  /** Writes it aside, then gives it its name: nobody reads half of it. */
  static FolderBlock of(String folder, String name, java.nio.file.Path file, long bytes)
      throws IOException {
    Path target = new Path(folder, "r1zero-" + name + "-" + UUID.randomUUID());
    Path aside = target.suffix(".part");
    FileSystem files = fileSystem(target);
    byte[] buffer = new byte[4 << 20];
    try (InputStream in = Files.newInputStream(file);
        OutputStream out = files.create(aside)) {
      for (long left = bytes; left > 0; ) {
        int got = in.readNBytes(buffer, 0, (int) Math.min(buffer.length, left));
        if (got == 0) {
          throw new IOException(file + " is shorter than " + bytes + " bytes");
        }
        out.write(buffer, 0, got);
        left -= got;
      }
    }
    if (!files.rename(aside, target)) {
      throw new IOException("can't rename " + aside + " to " + target);
    }
    return new FolderBlock(target.toString());
  }

  private static FileSystem fileSystem(Path path) throws IOException {
    return path.getFileSystem(SparkHadoopUtil.get().conf());
  }

  @Override
  public InputStream open() throws IOException {
    Path path = new Path(uri);
    return fileSystem(path).open(path, 4 << 20);
  }

  void release() throws IOException {
    Path path = new Path(uri);
    fileSystem(path).delete(path, false);
  }
}
