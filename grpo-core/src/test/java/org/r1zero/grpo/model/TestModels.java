package org.r1zero.grpo.model;

import ai.djl.Device;
import java.nio.FloatBuffer;
import java.util.Random;

/** Random models that compute in a moment. */
public final class TestModels {
  /** All options on: biases, norms on query and key, grouped heads, a tied output layer. */
  public static final DecoderConfig CONFIG =
      new DecoderConfig(
          DecoderConfig.Family.QWEN3,
          61,
          32,
          48,
          2,
          4,
          2,
          8,
          1e-5,
          1e4,
          new RopeScaling.None(),
          64,
          true,
          true,
          true,
          true,
          true);

  private TestModels() {}

  /** An fp32 model of {@link #CONFIG}. */
  public static PolicyModel random(long seed) {
    return random(seed, ComputeType.FLOAT32);
  }

  /** A model of {@link #CONFIG}, far from the usual initialisation, which makes all rows alike. */
  public static PolicyModel random(long seed, ComputeType type) {
    Random random = new Random(seed);
    return new PolicyModel(
        CONFIG,
        name -> {
          FloatBuffer buffer = FloatBuffer.allocate(size(name));
          while (buffer.hasRemaining()) {
            buffer.put(
                (float) (random.nextGaussian() * 0.3 + (name.endsWith("norm.weight") ? 1 : 0)));
          }
          return buffer.flip();
        },
        type,
        Device.cpu());
  }

  private static int size(String name) {
    int size = 1;
    for (long n : WeightNames.shapes(CONFIG).getOrDefault(name, new long[0])) {
      size = Math.multiplyExact(size, Math.toIntExact(n));
    }
    return size;
  }
}
