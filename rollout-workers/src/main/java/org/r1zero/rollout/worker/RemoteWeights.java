package org.r1zero.rollout.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.PolicySnapshot;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Weights for machines elsewhere: two versions, each a block that they fetch once, or what changed
 * since the version before where that is at most half as much. Who has no earlier version fetches
 * the last whole one and all changes since, together at most twice a block.
 */
final class RemoteWeights implements WeightStore {
  private static final Logger LOG = LoggerFactory.getLogger(RemoteWeights.class);
  private static final double WORTH_IT = 0.5;

  private final Cluster cluster;
  private final FileWeights staging;
  private final WeightDelta delta;
  private final Path deltaFile;
  private final RemoteTask.@Nullable Version[] versions = new RemoteTask.Version[2];
  private final Set<Cluster.Block> held = new HashSet<>();
  private RemoteTask.@Nullable Version newest;

  RemoteWeights(Cluster cluster, PolicyModel policy) {
    this.cluster = cluster;
    long bytes = PolicySnapshot.bytes(policy.config(), policy.computeType());
    Path folder = FileWeights.folderFor(versions.length * bytes);
    this.staging = new FileWeights(folder, policy, versions.length);
    this.delta = staging.delta();
    try {
      this.deltaFile = Files.createTempFile("r1zero-delta-", "");
    } catch (IOException e) {
      throw new UncheckedIOException("a file for changes of weights can't be made", e);
    }
  }

  @Override
  public int slots() {
    return versions.length;
  }

  @Override
  public void write(int slot, long version, PolicyModel policy) {
    staging.write(slot, version, policy);
    try {
      RemoteTask.Version made = published(slot, version);
      versions[slot] = made;
      newest = made;
      releaseOthers();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "weights of version " + version + " can't be handed out: " + e.getMessage(), e);
    }
  }

  private RemoteTask.Version published(int slot, long version) throws IOException {
    Path file = staging.files().get(slot);
    long bytes = FileWeights.blockBytes(file);
    long checksum = FileWeights.checksum(file);
    RemoteTask.Version before = newest;
    if (before != null && before.slot() != slot) {
      long limit = (long) (bytes * WORTH_IT);
      long chain = before.deltas().stream().mapToLong(RemoteTask.Part::bytes).sum();
      long started = System.nanoTime();
      long size = delta.write(staging.files().get(before.slot()), file, bytes, deltaFile, limit);
      if (size >= 0 && chain + size <= bytes) {
        LOG.debug(
            "weights of version {}: {} of {} bytes, found in {} ms",
            version,
            size,
            bytes,
            (System.nanoTime() - started) / 1_000_000);
        List<RemoteTask.Part> deltas = new ArrayList<>(before.deltas());
        deltas.add(part("changes-" + version, version, checksum, deltaFile, size));
        return new RemoteTask.Version(slot, version, checksum, before.whole(), List.copyOf(deltas));
      }
    }
    return new RemoteTask.Version(
        slot,
        version,
        checksum,
        part("policy-" + version, version, checksum, file, bytes),
        List.of());
  }

  private RemoteTask.Part part(String name, long version, long checksum, Path file, long bytes)
      throws IOException {
    Cluster.Block block = cluster.publish(name, file, bytes);
    held.add(block);
    return new RemoteTask.Part(version, checksum, block, bytes);
  }

  /** Gives the room of blocks free that no version is made of any more. */
  private void releaseOthers() {
    Set<Cluster.Block> needed = new HashSet<>();
    Arrays.stream(versions)
        .filter(Objects::nonNull)
        .forEach(
            one -> {
              needed.add(one.whole().block());
              one.deltas().forEach(part -> needed.add(part.block()));
            });
    for (Cluster.Block block : List.copyOf(held)) {
      if (!needed.contains(block)) {
        held.remove(block);
        cluster.release(block);
      }
    }
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
    held.forEach(cluster::release);
    staging.close();
    FileWeights.deleteQuietly(deltaFile);
  }
}
