package org.r1zero.rollout.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.djl.Device;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.commons.math3.distribution.ChiSquaredDistribution;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.rollout.TinyPolicy;

/** Where a token is drawn in two levels, and filters sort the likeliest tokens only. */
@Tag("slow")
class LargeVocabularyTest {
  private static final int DRAWS = 40_000;
  private static final int[] PROMPT = {5, 6, 7};

  static Stream<Arguments> options() {
    return Stream.of(
        arguments("blocks of 256", 1024, 1.0, 0, 1.0, 0.0),
        arguments("a last block of 3", 1027, 1.3, 0, 1.0, 0.0),
        arguments("a last block of 255", 1023, 0.8, 0, 1.0, 0.0),
        arguments("top-k", 1027, 1.0, 40, 1.0, 0.0),
        arguments("narrow top-p", 1027, 0.6, 0, 0.3, 0.0),
        arguments("wide top-p", 1027, 2.0, 0, 0.98, 0.0),
        arguments("min-p", 1027, 1.0, 0, 1.0, 0.1),
        arguments("low min-p", 1027, 2.0, 0, 1.0, 0.001),
        arguments("top-k, top-p and min-p", 1027, 1.2, 300, 0.9, 0.02));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("options")
  void drawsFromTheExactDistribution(
      String name, int vocabulary, double temperature, int topK, double topP, double minP) {
    SamplingConfig config = new SamplingConfig(temperature, topK, topP, minP, 1, List.of(), 5000);
    try (PolicyModel policy = TinyPolicy.make(vocabulary, 2, ComputeType.FLOAT32);
        Scope scope = Torch.openScope(Device.cpu());
        Generator generator = new Generator(policy)) {
      float[] logits = policy.decoding().nextLogits(new int[][] {PROMPT}, scope).toFloatArray();
      double[] exact = ExactSampling.probabilities(logits, config);
      long[] seeds = LongStream.range(0, DRAWS).map(i -> Draws.seed(11, i)).toArray();
      double[] seen = new double[vocabulary];
      for (Generation generation :
          generator
              .generate(
                  List.of(new GenerationRequest(PROMPT, seeds)), config, (tokens, length) -> false)
              .get(0)) {
        int token = generation.tokens()[0];
        seen[token]++;
        assertThat(exact[token]).as("probability of drawn token %d", token).isPositive();
        assertThat((double) generation.samplingLogProbs()[0])
            .isCloseTo(Math.log(exact[token]), within(1e-4));
      }
      assertThat(pValue(exact, seen)).isGreaterThan(1e-3);
    }
  }

  /** Pearson's test; tokens expected fewer than 5 times are one cell. */
  private static double pValue(double[] exact, double[] seen) {
    double statistic = 0;
    double rareExpected = 0;
    double rareSeen = 0;
    int cells = 0;
    for (int i = 0; i < exact.length; i++) {
      double expected = exact[i] * DRAWS;
      if (expected < 5) {
        rareExpected += expected;
        rareSeen += seen[i];
      } else {
        statistic += (seen[i] - expected) * (seen[i] - expected) / expected;
        cells++;
      }
    }
    if (rareExpected >= 1) {
      statistic += (rareSeen - rareExpected) * (rareSeen - rareExpected) / rareExpected;
      cells++;
    }
    return 1 - new ChiSquaredDistribution(cells - 1).cumulativeProbability(statistic);
  }
}
