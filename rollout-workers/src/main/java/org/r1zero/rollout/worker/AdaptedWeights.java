package org.r1zero.rollout.worker;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
  private static final int PIECE = 1 << 16;

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
    float[] numbers = new float[PIECE];
    byte[] bytes = new byte[PIECE * Float.BYTES];
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      for (long at = 0; at < all.size(); at += PIECE) {
        int count = (int) Math.min(PIECE, all.size() - at);
        all.read(at, numbers, count);
        floats(bytes).asFloatBuffer().put(numbers, 0, count);
        out.write(bytes, 0, count * Float.BYTES);
      }
    }
  }

  /**
   * The policy with other adapters, until this is called again.
   *
   * @param adapters as they were written
   */
  PolicyModel with(InputStream adapters) throws IOException {
    LongVector all = numbers(snapshot.policy());
    float[] numbers = new float[PIECE];
    byte[] bytes = new byte[PIECE * Float.BYTES];
    for (long at = 0; at < all.size(); at += PIECE) {
      int count = (int) Math.min(PIECE, all.size() - at);
      if (adapters.readNBytes(bytes, 0, count * Float.BYTES) < count * Float.BYTES) {
        throw damaged(all);
      }
      floats(bytes).asFloatBuffer().get(numbers, 0, count);
      all.write(at, numbers, count);
    }
    if (adapters.read() >= 0) {
      throw damaged(all);
    }
    snapshot.policy().parameters().forEach(Parameter::updated);
    return snapshot.policy();
  }

  private static IOException damaged(LongVector expected) {
    return new IOException("adapters came damaged: they have not " + expected.size() + " numbers");
  }

  private static LongVector numbers(PolicyModel policy) {
    return new LongVector(policy.parameters().stream().map(Parameter::value).toList());
  }

  private static ByteBuffer floats(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void close() {
    snapshot.close();
  }
}
