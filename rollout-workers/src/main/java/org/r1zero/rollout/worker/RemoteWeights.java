package org.r1zero.rollout.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.PolicySnapshot;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Weights for machines elsewhere: two versions, each a block that they fetch once, or what changed
 * since the version before where that is at most half as much. Who has no earlier version fetches
 * the last whole one and all changes since, together at most twice a block. Of a policy with
 * adapters they fetch the frozen weights once, then the adapters.
 *
 * <p>One thread publishes at a time; which versions there are, any may ask meanwhile.
 */
final class RemoteWeights implements WeightStore {
  private static final Logger LOG = LoggerFactory.getLogger(RemoteWeights.class);
  private static final double WORTH_IT = 0.5;

  private static final long FROZEN = -2;

  private final Cluster cluster;
  private final FileWeights staging;
  private final WeightDelta delta;
  private final Path deltaFile;
  private final AtomicReferenceArray<RemoteTask.@Nullable Version> versions =
      new AtomicReferenceArray<>(2);
  private final Set<Cluster.Block> held = new HashSet<>();
  private RemoteTask.@Nullable Version newest;
  private RemoteTask.@Nullable Part frozen;
  private boolean adapters;

  RemoteWeights(Cluster cluster, PolicyModel policy) {
    this.cluster = cluster;
    long bytes = PolicySnapshot.bytes(policy.config(), policy.computeType());
    this.adapters = sendsAdapters(policy);
    Path folder = FileWeights.folderFor(versions.length() * bytes);
    this.staging = new FileWeights(folder, policy, versions.length());
    this.delta = staging.delta();
    try {
      this.deltaFile = Files.createTempFile("r1zero-delta-", "");
    } catch (IOException e) {
      throw new UncheckedIOException("a file for changes of weights can't be made", e);
    }
  }

  /** Whether adapters are so much less than the weights that machines add them up themselves. */
  static boolean sendsAdapters(PolicyModel policy) {
    return policy.adapters().isPresent()
        && AdaptedWeights.bytes(policy)
            <= WORTH_IT * PolicySnapshot.bytes(policy.config(), policy.computeType());
  }

  @Override
  public int slots() {
    return versions.length();
  }

  @Override
  public synchronized void write(int slot, long version, PolicyModel policy) {
    try {
      if (adapters && frozen == null) {
        frozen = frozen(versions.length() - 1 - slot, policy);
      }
      staging.write(slot, version, policy);
      RemoteTask.Version made =
          adapters && frozen != null
              ? adapted(slot, version, policy, frozen)
              : published(slot, version);
      versions.set(slot, made);
      newest = made;
      releaseOthers();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "weights of version " + version + " can't be handed out: " + e.getMessage(), e);
    }
  }

  /** Hands the weights out to which adapters are added, by a slot that holds nothing yet. */
  private RemoteTask.Part frozen(int slot, PolicyModel policy) throws IOException {
    try (PolicyModel base = policy.base()) {
      staging.write(slot, FROZEN, base);
    }
    Path file = staging.files().get(slot);
    return part("frozen", FROZEN, FileWeights.checksum(file), file, FileWeights.blockBytes(file));
  }

  private RemoteTask.Version adapted(
      int slot, long version, PolicyModel policy, RemoteTask.Part base) throws IOException {
    long checksum = FileWeights.checksum(staging.files().get(slot));
    AdaptedWeights.write(policy, deltaFile);
    RemoteTask.Part part =
        part("adapters-" + version, version, checksum, deltaFile, Files.size(deltaFile));
    return new RemoteTask.Version(slot, version, checksum, base, List.of(), part);
  }

  /** Hands weights out whole from now on, those that are published now too. */
  synchronized void sendWhole(Weights weights) {
    adapters = false;
    RemoteTask.Version version = version(weights);
    try {
      Path file = staging.files().get(version.slot());
      RemoteTask.Version whole = whole(version.slot(), version.number(), version.checksum(), file);
      versions.set(version.slot(), whole);
      newest = whole;
      releaseOthers();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "weights of version " + version.number() + " can't be handed out: " + e.getMessage(), e);
    }
  }

  private RemoteTask.Version published(int slot, long version) throws IOException {
    Path file = staging.files().get(slot);
    long bytes = FileWeights.blockBytes(file);
    long checksum = FileWeights.checksum(file);
    RemoteTask.Version before = newest;
    if (before != null && before.slot() != slot && before.adapters() == null) {
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
        return new RemoteTask.Version(
            slot, version, checksum, before.whole(), List.copyOf(deltas), null);
      }
    }
    return whole(slot, version, checksum, file);
  }

  private RemoteTask.Version whole(int slot, long version, long checksum, Path file)
      throws IOException {
    long bytes = FileWeights.blockBytes(file);
    RemoteTask.Part part = part("policy-" + version, version, checksum, file, bytes);
    return new RemoteTask.Version(slot, version, checksum, part, List.of(), null);
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
    IntStream.range(0, versions.length())
        .mapToObj(versions::get)
        .filter(Objects::nonNull)
        .forEach(
            one -> {
              needed.add(one.whole().block());
              one.deltas().forEach(part -> needed.add(part.block()));
              if (one.adapters() != null) {
                needed.add(one.adapters().block());
              }
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
    RemoteTask.Version version = versions.get(weights.slot());
    if (version == null || version.number() != weights.version()) {
      throw new IllegalStateException(
          "weights of version " + weights.version() + " are not published any more");
    }
    return version;
  }

  @Override
  public synchronized void close() {
    held.forEach(cluster::release);
    staging.close();
    FileWeights.deleteQuietly(deltaFile);
  }
}
