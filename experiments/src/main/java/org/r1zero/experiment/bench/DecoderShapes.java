package org.r1zero.experiment.bench;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.r1zero.grpo.model.DecoderConfig;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.RopeScaling;
import org.r1zero.grpo.model.WeightNames;

/** Shapes of published models, for measuring with random weights where nothing is downloaded. */
public final class DecoderShapes {
  private static final int RANDOM_NUMBERS = 1 << 20;

  private DecoderShapes() {}

  /** By name: {@code tiny}, and SmolLM2-135M, Qwen2.5-1.5B and Qwen2.5-7B by their sizes. */
  public static Map<String, DecoderConfig> all() {
    Map<String, DecoderConfig> shapes = new LinkedHashMap<>();
    shapes.put("tiny", qwen2(2048, 64, 128, 2, 4, 2, 16, true));
    shapes.put(
        "135m",
        new DecoderConfig(
            DecoderConfig.Family.LLAMA,
            49_152,
            576,
            1536,
            30,
            9,
            3,
            64,
            1e-5,
            1e5,
            new RopeScaling.None(),
            8192,
            true,
            false,
            false,
            false,
            false));
    shapes.put("1.5b", qwen2(151_936, 1536, 8960, 28, 12, 2, 128, true));
    shapes.put("7b", qwen2(152_064, 3584, 18_944, 28, 28, 4, 128, false));
    return shapes;
  }

  static DecoderConfig qwen2(
      int vocabulary,
      int hidden,
      int intermediate,
      int layers,
      int heads,
      int keyValueHeads,
      int headDim,
      boolean tied) {
    return new DecoderConfig(
        DecoderConfig.Family.QWEN2,
        vocabulary,
        hidden,
        intermediate,
        layers,
        heads,
        keyValueHeads,
        headDim,
        1e-6,
        1e6,
        new RopeScaling.None(),
        8192,
        tied,
        true,
        false,
        false,
        false);
  }

  /** The same random weights each time, of the size that models begin with; norms' are 1. */
  static PolicyModel.WeightSource random(DecoderConfig config) {
    Map<String, long[]> shapes = WeightNames.shapes(config);
    float[] some = new float[RANDOM_NUMBERS];
    Random random = new Random(1);
    for (int i = 0; i < some.length; i++) {
      some[i] = (float) (0.05 * random.nextGaussian());
    }
    return name -> {
      FloatBuffer values =
          FloatBuffer.allocate(Math.toIntExact(size(shapes.getOrDefault(name, new long[] {0}))));
      if (name.endsWith("norm.weight")) {
        Arrays.fill(values.array(), 1);
        return values;
      }
      int start = Math.floorMod(name.hashCode(), RANDOM_NUMBERS);
      while (values.hasRemaining()) {
        int count = Math.min(values.remaining(), RANDOM_NUMBERS - start);
        values.put(some, start, count);
        start = 0;
      }
      return values.flip();
    };
  }

  private static long size(long[] shape) {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }
}
