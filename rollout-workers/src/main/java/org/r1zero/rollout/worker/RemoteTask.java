package org.r1zero.rollout.worker;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.LoraConfig;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.verify.reward.PortableReward;
import org.r1zero.verify.reward.Reward;

/**
 * All that a machine needs to sample a unit.
 *
 * @param pool whose unit it is
 * @param open the pools that are open: a machine forgets the others
 */
record RemoteTask(
    String pool,
    Set<String> open,
    Model model,
    Version weights,
    SamplingConfig sampling,
    WorkUnit unit)
    implements Serializable {

  /**
   * What stays as it is while the pool is open.
   *
   * @param files a zip of the configuration and the tokenizer
   * @param untied whether the output layer is not the embedding, whatever the configuration says
   * @param folder where weights go: {@code auto}, or a folder of each machine's own
   * @param rewards judges completions; {@code null} where nothing is judged
   * @param lora the adapters that may come in place of weights; {@code null} where none do
   */
  record Model(
      Cluster.Block files,
      boolean untied,
      ComputeType type,
      int threads,
      long hangMillis,
      String folder,
      @Nullable PortableReward rewards,
      @Nullable LoraConfig lora)
      implements Serializable {}

  /**
   * Weights that were published: whole ones of an earlier version, or of this one, and what changed
   * from version to version since.
   *
   * @param checksum of this version's block
   * @param whole the frozen weights where there are adapters
   * @param adapters what is added to them, in place of changes; null where there are none
   */
  record Version(
      int slot, long number, long checksum, Part whole, List<Part> deltas, @Nullable Part adapters)
      implements Serializable {

    /** The version and checksum that the first so many deltas lead to. */
    Part after(int count) {
      return count == 0 ? whole : deltas.get(count - 1);
    }
  }

  /**
   * Something to be fetched.
   *
   * @param number the version that one has then
   * @param checksum of its block
   * @param bytes to be fetched
   */
  record Part(long number, long checksum, Cluster.Block block, long bytes)
      implements Serializable {}

  /**
   * What became of a task.
   *
   * @param version of the weights that sampled
   * @param checksum of their block
   * @param kind of the machine: {@link MachineReport#kind}
   * @param failure why no machine could sample the unit; null where it was sampled
   */
  record Result(
      long version, long checksum, String kind, List<Finished> finished, @Nullable String failure)
      implements Serializable {}

  /** A completion, by its place in the unit; with its reward where it was judged there. */
  record Finished(int request, int sample, Generation generation, @Nullable Reward reward)
      implements Serializable {}

  static byte[] bytes(Serializable what) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(what);
    } catch (IOException e) {
      throw new UncheckedIOException("a task is plain data", e);
    }
    return bytes.toByteArray();
  }

  static <T> T read(byte[] bytes, Class<T> type) {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      return type.cast(in.readObject());
    } catch (IOException | ClassNotFoundException | ClassCastException e) {
      throw new IllegalStateException(
          "a task from another version of r1zero: the machines must have the driver's jars ("
              + e
              + ")",
          e);
    }
  }
}
