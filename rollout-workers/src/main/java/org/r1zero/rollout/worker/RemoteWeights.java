package org.r1zero.rollout.worker;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.model.PolicyModel;

/** Weights for machines elsewhere: two versions, each a block that they fetch once. */
final class RemoteWeights implements WeightStore {
  private final Cluster cluster;
  private final FileWeights staging;
  private final RemoteTask.@Nullable Version[] versions = new RemoteTask.Version[2];

  RemoteWeights(Cluster cluster, PolicyModel policy) {
    this.cluster = cluster;
    this.staging = new FileWeights(FileWeights.defaultFolder(), policy, 1);
  }

  @Override
  public int slots() {
    return versions.length;
  }

  @Override
  public void write(int slot, long version, PolicyModel policy) {
    RemoteTask.Version old = versions[slot];
    if (old != null) {
      cluster.release(old.block());
      versions[slot] = null;
    }
    staging.write(0, version, policy);
    Path file = staging.files().get(0);
    try {
      long bytes = FileWeights.blockBytes(file);
      versions[slot] =
          new RemoteTask.Version(
              slot,
              version,
              checksum(file, bytes),
              cluster.publish("policy-" + version, file, bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "weights of version " + version + " can't be handed out: " + e.getMessage(), e);
    }
  }

  private static long checksum(Path file, long bytes) throws IOException {
    CRC32C crc = new CRC32C();
    byte[] buffer = new byte[1 << 20];
    try (InputStream in = Files.newInputStream(file)) {
      for (long left = bytes; left > 0; ) {
        int got = in.readNBytes(buffer, 0, (int) Math.min(buffer.length, left));
        if (got == 0) {
          throw new IOException(file + " is shorter than " + bytes + " bytes");
        }
        crc.update(buffer, 0, got);
        left -= got;
      }
    }
    return crc.getValue();
  }

  /** What tasks are told about the weights. */
  RemoteTask.Version version(Weights weights) {
    RemoteTask.Version version = versions[weights.slot()];
    if (version == null || version.number() != weights.version()) {
      throw new IllegalStateException(
          "weights of version " + weights.version() + " are not published any more");
    }
    return version;
  }

  @Override
  public void close() {
    for (RemoteTask.Version version : versions) {
      if (version != null) {
        cluster.release(version.block());
      }
    }
    staging.close();
  }
}
