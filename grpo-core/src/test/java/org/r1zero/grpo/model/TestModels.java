package org.r1zero.grpo.model;

import ai.djl.Device;
import java.nio.FloatBuffer;
import java.util.Random;
import java.util.function.Supplier;

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
    return random(seed, CONFIG, type, 0.3);
  }

  /** A model of any shape, whose weights deviate by {@code spread}. */
  static PolicyModel random(long seed, DecoderConfig config, ComputeType type, double spread) {
    Random random = new Random(seed);
    return new PolicyModel(
        config,
        name -> {
          FloatBuffer buffer = FloatBuffer.allocate(size(config, name));
          while (buffer.hasRemaining()) {
            buffer.put(
                (float) (random.nextGaussian() * spread + (name.endsWith("norm.weight") ? 1 : 0)));
          }
          return buffer.flip();
        },
        type,
        Device.cpu());
  }

  /**
   * A model that TorchScript computes, as it does models with adapters: the same bits as theirs.
   */
  static <T> T byTorchScript(Supplier<T> model) {
    String before = System.getProperty(NativeKernels.SWITCH, "on");
    System.setProperty(NativeKernels.SWITCH, "off");
    try {
      return model.get();
    } finally {
      System.setProperty(NativeKernels.SWITCH, before);
    }
  }

  private static int size(DecoderConfig config, String name) {
    int size = 1;
    for (long n : WeightNames.shapes(config).getOrDefault(name, new long[0])) {
      size = Math.multiplyExact(size, Math.toIntExact(n));
    }
    return size;
  }
}
