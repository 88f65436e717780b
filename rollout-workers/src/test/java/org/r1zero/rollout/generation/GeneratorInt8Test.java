package org.r1zero.rollout.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.Quantization;
import org.r1zero.grpo.model.TokenBatch;
import org.r1zero.grpo.model.WeightNames;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.rollout.TinyPolicy;

class GeneratorInt8Test {
  private static final int[] PROMPT = {3, 9, 14, 7};
  private static final SamplingConfig PLAIN = new SamplingConfig(1, 0, 1, 0, 24, List.of(), 8);
  private static final SamplingConfig INT8 = PLAIN.withQuantization(Quantization.INT8);

  /** The quantised policy, written as fp32 weights, gives the recorded log-probs. */
  @ParameterizedTest
  @CsvSource({
    "off, 1.5", // weights only
    "on, 4" // what they multiply is rounded to int8 as well
  })
  void logProbsAreThoseOfTheDequantisedWeights(String kernels, double roundings) {
    System.setProperty("r1zero.kernels", kernels);
    try (PolicyModel shape = TinyPolicy.make(32, 3, ComputeType.FLOAT32);
        PolicyModel policy = policy(shape, ComputeType.BFLOAT16, false);
        PolicyModel exact = policy(shape, ComputeType.FLOAT32, false);
        PolicyModel dequantised = policy(shape, ComputeType.FLOAT32, true);
        Generator generator = new Generator(policy)) {
      List<Generation> plain = generate(generator, PLAIN);
      List<Generation> quantised = generate(generator, INT8);
      double rounding = gap(exact, plain);
      assertThat(gap(dequantised, quantised)).isLessThan(roundings * rounding);
      assertThat(gap(exact, quantised)).isLessThan(0.1);
      if (kernels.equals("off")) {
        assertThat(gap(exact, quantised)).isGreaterThan(gap(dequantised, quantised));
      }
      assertThat(quantised.get(0).policyLogProbs()).isNotEqualTo(plain.get(0).policyLogProbs());
      assertThat(generate(generator, INT8).get(0).tokens()).isEqualTo(quantised.get(0).tokens());
      assertThat(generate(generator, PLAIN).get(0).tokens()).isEqualTo(plain.get(0).tokens());
    } finally {
      System.clearProperty("r1zero.kernels");
    }
  }

  @Test
  void refusesWhatItsKernelsCannotDo() {
    try (PolicyModel policy = TinyPolicy.make(31, 3, ComputeType.FLOAT32);
        Generator generator = new Generator(policy)) {
      assertThatThrownBy(() -> generate(generator, INT8))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("dtype bfloat16")
          .hasMessageContaining("sampling.quantization: none");
    }
  }

  private static List<Generation> generate(Generator generator, SamplingConfig config) {
    long[] seeds = IntStream.range(0, 16).asLongStream().toArray();
    return generator
        .generate(List.of(new GenerationRequest(PROMPT, seeds)), config, (tokens, length) -> false)
        .get(0);
  }

  /** The mean distance of recorded log-probs to a policy's own. */
  private static double gap(PolicyModel policy, List<Generation> generations) {
    double sum = 0;
    int count = 0;
    for (Generation generation : generations) {
      try (Scope scope = Torch.openScope(policy.device())) {
        TokenBatch batch =
            TokenBatch.pairs(new int[][] {PROMPT}, new int[][] {generation.tokens()});
        float[] own = policy.logProbs(batch, 1, scope).values();
        for (int t = 0; t < own.length; t++) {
          assertThat(generation.policyLogProbs()[t]).isFinite();
          sum += Math.abs(own[t] - generation.policyLogProbs()[t]);
          count++;
        }
      }
    }
    return sum / count;
  }

  private static PolicyModel policy(PolicyModel shape, ComputeType type, boolean dequantised) {
    Map<String, long[]> shapes = WeightNames.shapes(shape.config());
    return new PolicyModel(
        shape.config(),
        name -> {
          long[] size = Objects.requireNonNull(shapes.get(name), name);
          float[] values = new float[(int) Arrays.stream(size).reduce(1, (a, b) -> a * b)];
          Random random = new Random(name.hashCode());
          for (int i = 0; i < values.length; i++) {
            values[i] =
                (float) (random.nextGaussian() * 0.25 + (name.endsWith("norm.weight") ? 1 : 0));
          }
          if (dequantised && name.endsWith("_proj.weight")) {
            throughInt8(values, (int) size[1]);
          }
          return FloatBuffer.wrap(values);
        },
        type,
        Device.cpu());
  }

  private static void throughInt8(float[] values, int columns) {
    for (int row = 0; row < values.length; row += columns) {
      float most = 0;
      for (int i = row; i < row + columns; i++) {
        most = Math.max(most, Math.abs(values[i]));
      }
      int bits = Float.floatToIntBits(most / 127);
      float scale = Float.intBitsToFloat((bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000);
      for (int i = row; i < row + columns; i++) {
        values[i] = (float) Math.max(-127, Math.min(127, Math.rint(values[i] / scale))) * scale;
      }
    }
  }
}
