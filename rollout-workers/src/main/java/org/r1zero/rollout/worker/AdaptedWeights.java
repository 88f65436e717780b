package org.r1zero.rollout.worker;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.DecoderConfig;
import org.r1zero.grpo.model.LoraConfig;
import org.r1zero.grpo.model.Parameter;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.PolicySnapshot;

/**
 * Frozen weights to which adapters are added on this machine, by what adds them where they are
 * trained: machines fetch the weights once, and with each version only the adapters.
 */
final class AdaptedWeights implements AutoCloseable {
  private final PolicySnapshot snapshot;

  /**
   * Reads frozen weights.
   *
   * @param base holds them
   */
  AdaptedWeights(Path base, DecoderConfig config, ComputeType type, LoraConfig lora) {
    this.snapshot = PolicySnapshot.mapped(base, config, type, lora);
  }

  /** How many bytes {@link #write} makes of a policy's adapters. */
  static long bytes(PolicyModel policy) {
    return Float.BYTES * numbers(policy).size();
  }

  /** Writes the adapters of a policy, all there is to it but the frozen weights. */
  static void write(PolicyModel policy, Path file) throws IOException {
    LongVector all = numbers(policy);
    try (OutputStream out = Files.newOutputStream(file)) {
      all.send(0, all.size(), out, count -> {});
    }
  }

  /**
   * The policy with other adapters, until this is called again.
   *
   * @param adapters as they were written
   */
  PolicyModel with(InputStream adapters) throws IOException {
    LongVector all = numbers(snapshot.policy());
    boolean whole = false;
    try {
      LongVector.receive(0, all.size(), adapters, all::write);
      whole = adapters.read() < 0;
    } catch (EOFException e) {
      // said below
    }
    if (!whole) {
      throw new IOException("adapters came damaged: they have not " + all.size() + " numbers");
    }
    snapshot.policy().parameters().forEach(Parameter::updated);
    return snapshot.policy();
  }

  private static LongVector numbers(PolicyModel policy) {
    return new LongVector(policy.parameters().stream().map(Parameter::value).toList());
  }

  @Override
  public void close() {
    snapshot.close();
  }
}
