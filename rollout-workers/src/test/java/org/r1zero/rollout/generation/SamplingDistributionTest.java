package org.r1zero.rollout.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.commons.math3.distribution.ChiSquaredDistribution;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.DecodingKernels;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.SampledTokens;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.rollout.TinyPolicy;

/**
 * What is drawn, against the exact distribution: the first token and, over all firsts, the second.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("slow")
class SamplingDistributionTest {
  private static final int VOCABULARY = 31;
  private static final int DRAWS = 20_000;
  private static final int[] PROMPT = {5, 6, 7};

  private PolicyModel policy;
  private float[] firstLogits;
  private float[][] secondLogits;

  @BeforeAll
  void readLogits() {
    policy = TinyPolicy.make(VOCABULARY, 1, ComputeType.FLOAT32);
    int[][] contexts = new int[VOCABULARY][];
    Arrays.setAll(contexts, t -> new int[] {PROMPT[0], PROMPT[1], PROMPT[2], t});
    try (Scope scope = Torch.openScope(Device.cpu())) {
      firstLogits = policy.decoding().nextLogits(new int[][] {PROMPT}, scope).toFloatArray();
      float[] all = policy.decoding().nextLogits(contexts, scope).toFloatArray();
      secondLogits = new float[VOCABULARY][];
      Arrays.setAll(
          secondLogits, t -> Arrays.copyOfRange(all, t * VOCABULARY, (t + 1) * VOCABULARY));
    }
  }

  @AfterAll
  void close() {
    policy.close();
  }

  static Stream<Arguments> options() {
    return Stream.of(
        arguments("no filter", 1.0, 0, 1.0, 0.0),
        arguments("cold", 0.5, 0, 1.0, 0.0),
        arguments("hot", 2.5, 0, 1.0, 0.0),
        arguments("top-k", 1.0, 5, 1.0, 0.0),
        arguments("top-k 1 is greedy", 1.0, 1, 1.0, 0.0),
        arguments("top-k of more than all", 1.0, 1000, 1.0, 0.0),
        arguments("top-p", 1.0, 0, 0.8, 0.0),
        arguments("small top-p", 1.0, 0, 0.3, 0.0),
        arguments("tiny top-p keeps the best", 1.0, 0, 1e-9, 0.0),
        arguments("min-p", 1.0, 0, 1.0, 0.15),
        arguments("min-p near 1", 1.0, 0, 1.0, 0.999),
        arguments("top-k, then top-p", 1.0, 8, 0.7, 0.0),
        arguments("top-k, then min-p", 1.2, 8, 1.0, 0.2),
        arguments("top-p, then min-p", 1.5, 0, 0.9, 0.1),
        arguments("all", 1.3, 12, 0.85, 0.1));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("options")
  void drawsFromTheExactDistribution(
      String name, double temperature, int topK, double topP, double minP) {
    SamplingConfig config = new SamplingConfig(temperature, topK, topP, minP, 2, List.of(), 5000);
    double[] first = ExactSampling.probabilities(firstLogits, config);
    double[][] second = new double[VOCABULARY][];
    Arrays.setAll(second, t -> ExactSampling.probabilities(secondLogits[t], config));
    double[] firstPolicy = ExactSampling.probabilities(firstLogits, unfiltered(temperature));
    double[][] secondPolicy = new double[VOCABULARY][];
    Arrays.setAll(
        secondPolicy, t -> ExactSampling.probabilities(secondLogits[t], unfiltered(temperature)));
    double[] seenFirst = new double[VOCABULARY];
    double[] seenPairs = new double[VOCABULARY * VOCABULARY];
    for (Generation generation : draw(config)) {
      int a = generation.tokens()[0];
      int b = generation.tokens()[1];
      seenFirst[a]++;
      seenPairs[a * VOCABULARY + b]++;
      assertLogProb(generation.samplingLogProbs()[0], first[a]);
      assertLogProb(generation.samplingLogProbs()[1], second[a][b]);
      assertLogProb(generation.policyLogProbs()[0], firstPolicy[a]);
      assertLogProb(generation.policyLogProbs()[1], secondPolicy[a][b]);
    }
    double[] pairs = new double[VOCABULARY * VOCABULARY];
    Arrays.setAll(pairs, i -> first[i / VOCABULARY] * second[i / VOCABULARY][i % VOCABULARY]);
    assertDrawnFrom(first, seenFirst);
    assertDrawnFrom(pairs, seenPairs);
  }

  /** At this temperature most probabilities are 0 in fp32: none of those may be drawn. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("options")
  void theEndsOfTheUnitIntervalDrawPossibleTokens(
      String name, double temperature, int topK, double topP, double minP) {
    float[] uniforms = {0, 0x1p-24f, 1 - 0x1p-24f};
    long[] owner = {0, 0, 0};
    for (double t : new double[] {temperature, 0.01}) {
      SamplingConfig config = new SamplingConfig(t, topK, topP, minP, 1, List.of(), 1);
      double[] exact = ExactSampling.probabilities(firstLogits, config);
      try (Scope scope = Torch.openScope(Device.cpu())) {
        DecodingKernels kernels = policy.decoding();
        List<NDArray> prefilled = kernels.prefill(new int[][] {PROMPT}, PROMPT.length, scope);
        NDArray hidden = prefilled.get(prefilled.size() - 1);
        NDArray logits = kernels.newLogits(1, scope);
        SampledTokens drawn =
            kernels.sampleFirst(
                List.of(hidden), owner, uniforms, config.parameters(), logits, scope);
        for (int i = 0; i < uniforms.length; i++) {
          double p = exact[(int) drawn.tokens()[i]];
          assertThat(p).isPositive();
          assertLogProb(drawn.samplingLogProbs()[i], p);
        }
      }
    }
  }

  @Test
  void greedyTakesTheLikeliestAndIsSureOfIt() {
    SamplingConfig config = new SamplingConfig(0, 3, 0.5, 0.1, 2, List.of(), 4);
    int best = argmax(firstLogits);
    int next = argmax(secondLogits[best]);
    for (Generation generation : draw(config).subList(0, 10)) {
      assertThat(generation.tokens()).containsExactly(best, next);
      assertThat(generation.samplingLogProbs()).containsExactly(0f, 0f);
      assertLogProb(
          generation.policyLogProbs()[0],
          ExactSampling.probabilities(firstLogits, unfiltered(1))[best]);
      assertLogProb(
          generation.policyLogProbs()[1],
          ExactSampling.probabilities(secondLogits[best], unfiltered(1))[next]);
    }
  }

  private List<Generation> draw(SamplingConfig config) {
    int draws = config.temperature() == 0 ? 10 : DRAWS;
    long[] seeds = LongStream.range(0, draws).map(i -> Draws.seed(7, i)).toArray();
    try (Generator generator = new Generator(policy)) {
      return generator
          .generate(
              List.of(new GenerationRequest(PROMPT, seeds)), config, (tokens, length) -> false)
          .get(0);
    }
  }

  private static SamplingConfig unfiltered(double temperature) {
    return new SamplingConfig(temperature, 0, 1, 0, 2, List.of(), 1);
  }

  private static void assertLogProb(double actual, double probability) {
    assertThat(actual).isCloseTo(Math.log(probability), within(1e-4));
  }

  /**
   * Pearson's test; cells expected fewer than 5 times are one cell. Nothing impossible is drawn.
   */
  private static void assertDrawnFrom(double[] probabilities, double[] seen) {
    List<double[]> cells = new ArrayList<>();
    double[] rare = new double[2];
    for (int i = 0; i < seen.length; i++) {
      double expected = probabilities[i] * DRAWS;
      if (expected == 0) {
        assertThat(seen[i]).as("draws of impossible %d", i).isZero();
      } else if (expected < 5) {
        rare[0] += expected;
        rare[1] += seen[i];
      } else {
        cells.add(new double[] {expected, seen[i]});
      }
    }
    if (rare[0] >= 1) {
      cells.add(rare);
    }
    if (cells.size() == 1) {
      assertThat(cells.get(0)[1]).isEqualTo(DRAWS);
      return;
    }
    double statistic = cells.stream().mapToDouble(c -> (c[1] - c[0]) * (c[1] - c[0]) / c[0]).sum();
    double pValue =
        1 - new ChiSquaredDistribution(cells.size() - 1).cumulativeProbability(statistic);
    assertThat(pValue)
        .as("chi-square %s over %d cells", statistic, cells.size())
        .isGreaterThan(1e-3);
  }

  private static int argmax(float[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }
}
