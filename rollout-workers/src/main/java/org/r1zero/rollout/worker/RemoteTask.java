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
import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.generation.SamplingConfig;

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
   */
  record Model(
      Cluster.Block files,
      boolean untied,
      ComputeType type,
      int threads,
      long hangMillis,
      String folder)
      implements Serializable {}

  /** Weights that were published. */
  record Version(int slot, long number, long checksum, Cluster.Block block)
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

  /** A completion, by its place in the unit. */
  record Finished(int request, int sample, Generation generation) implements Serializable {}

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
