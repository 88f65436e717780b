package org.r1zero.grpo.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.r1zero.grpo.loss.LossCases.clipped;
import static org.r1zero.grpo.loss.LossCases.extreme;
import static org.r1zero.grpo.loss.LossCases.inputs;
import static org.r1zero.grpo.loss.LossCases.mean;
import static org.r1zero.grpo.loss.LossCases.randomLogProbs;
import static org.r1zero.grpo.loss.LossCases.samples;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.r1zero.grpo.data.Sample;

class PolicyLossTest {

  /** One token: its loss and gradient, by the ratio and the sign of the advantage. */
  @ParameterizedTest
  @CsvSource({
    // ratio, advantage, loss, gradient, clipped low, clipped high
    "1.0,   2, -2.0,  -2.0, 0, 0",
    "1.1,   2, -2.2,  -2.2, 0, 0",
    "1.5,   2, -2.56,  0,   0, 1",
    "0.5,   2, -1.0,  -1.0, 0, 0",
    "1.0,  -2,  2.0,   2.0, 0, 0",
    "0.9,  -2,  1.8,   1.8, 0, 0",
    "0.5,  -2,  1.6,   0,   1, 0",
    "1.5,  -2,  3.0,   3.0, 0, 0",
    "1.5,   0,  0,     0,   0, 0",
    "0.5,   0,  0,     0,   0, 0"
  })
  void clipsOnlyWhereTheRatioAlreadyServesTheAdvantage(
      double ratio, double advantage, double loss, double gradient, int low, int high) {
    LossOutput out =
        clipped(TokenAggregation.COMPLETION_MEAN, 0.2, 0.28, 0)
            .compute(one((float) Math.log(ratio), advantage));
    assertThat(out.loss()).isCloseTo(loss, within(1e-6));
    assertThat((double) out.gradient()[0]).isCloseTo(gradient, within(1e-6));
    assertThat(mean(out, "clip_ratio/low_mean")).isEqualTo(low);
    assertThat(mean(out, "clip_ratio/high_mean")).isEqualTo(high);
  }

  private static LossInputs one(float logRatio, double advantage) {
    List<Sample> samples =
        samples(new int[] {1}, new double[] {advantage}, new float[] {0}, null, null);
    return inputs(samples, new float[] {logRatio});
  }

  @Test
  void deltaBoundsTheLossOfUnlikelyTokensThatBecameLikely() {
    PolicyLoss objective =
        PolicyLoss.of(new ClippedSurrogate(0.2, 0.2, 4.0), TokenAggregation.COMPLETION_MEAN);
    LossOutput out = objective.compute(one((float) Math.log(10), -2));
    assertThat(out.loss()).isEqualTo(8);
    assertThat(out.gradient()[0]).isZero();
    LossOutput below = objective.compute(one((float) Math.log(3), -2));
    assertThat(below.loss()).isCloseTo(6, within(1e-6));
    assertThat(below.gradient()[0]).isCloseTo(6f, within(1e-5f));
  }

  /** Completions of 1 and 3 tokens with advantages 1 and -2: the sums of tokens are -1 and 6. */
  @ParameterizedTest
  @CsvSource({
    "COMPLETION_MEAN,   0.5,    -0.5,    0.333333333",
    "COMPLETION_SUM,    2.5,    -0.5,    1",
    "COMPLETION_LIMIT,  0.3125, -0.0625, 0.125",
    "UPDATE_TOKEN_MEAN, 1.25,   -0.25,   0.5",
    "BATCH_TOKEN_MEAN,  1.25,   -0.25,   0.5"
  })
  void aggregationWeighsTokens(
      TokenAggregation aggregation, double loss, double shortGradient, double longGradient) {
    List<Sample> samples = samples(new int[] {1, 3}, new double[] {1, -2}, null, null, null);
    LossOutput out = clipped(aggregation, 0.2, 0.2, 0).compute(inputs(samples, new float[4]));
    assertThat(out.loss()).isCloseTo(loss, within(1e-9));
    assertThat(out.gradient()[0]).isCloseTo((float) shortGradient, within(1e-6f));
    for (int t = 1; t < 4; t++) {
      assertThat(out.gradient()[t]).isCloseTo((float) longGradient, within(1e-6f));
    }
  }

  @Test
  void batchMeanDividesByTheBatchUpdateMeanByTheUpdate() {
    List<Sample> samples = samples(new int[] {2}, new double[] {1}, null, null, null);
    LossInputs in =
        new LossInputs(new UpdateSize(1, 2, 5), samples, new float[2], new float[2], 8, 0);
    assertThat(clipped(TokenAggregation.BATCH_TOKEN_MEAN, 0.2, 0.2, 0).compute(in).loss())
        .isCloseTo(-2.0 / 5, within(1e-12));
    assertThat(clipped(TokenAggregation.UPDATE_TOKEN_MEAN, 0.2, 0.2, 0).compute(in).loss())
        .isEqualTo(-1);
  }

  @Test
  void klTermPullsTowardsTheReference() {
    // d = ref - cur = 1 and -1: k3 = e - 2 and 1/e; its gradients 1 - e and 1 - 1/e
    List<Sample> samples =
        samples(new int[] {2}, new double[] {0}, null, new float[] {-1, -3}, null);
    LossOutput out =
        clipped(TokenAggregation.BATCH_TOKEN_MEAN, 0.2, 0.2, 0.5)
            .compute(inputs(samples, new float[] {-2, -2}));
    assertThat(mean(out, "kl")).isCloseTo((Math.E - 2 + 1 / Math.E) / 2, within(1e-9));
    assertThat(out.loss()).isCloseTo(0.5 * (Math.E - 2 + 1 / Math.E) / 2, within(1e-9));
    assertThat(out.gradient()[0]).isCloseTo((float) (0.25 * (1 - Math.E)), within(1e-6f));
    assertThat(out.gradient()[1]).isCloseTo((float) (0.25 * (1 - 1 / Math.E)), within(1e-6f));
  }

  @Test
  void clippedSharesAreExtremesOverCompletions() {
    float up = (float) Math.log(2);
    List<Sample> samples =
        samples(new int[] {2, 4, 2}, new double[] {1, 1, -1}, new float[8], null, null);
    LossOutput out =
        clipped(TokenAggregation.COMPLETION_MEAN, 0.2, 0.2, 0)
            .compute(inputs(samples, new float[] {up, 0, up, up, up, 0, -up, 0}));
    assertThat(extreme(out, "clip_ratio/high_max")).isEqualTo(0.75);
    assertThat(extreme(out, "clip_ratio/low_min")).isZero();
    assertThat(mean(out, "clip_ratio/high_mean")).isEqualTo(0.5);
    assertThat(mean(out, "clip_ratio/low_mean")).isEqualTo(0.125);
    assertThat(mean(out, "clip_ratio/region_mean")).isEqualTo(0.625);
  }

  static Stream<PolicyLoss> differentiable() {
    Stream.Builder<PolicyLoss> all = Stream.builder();
    for (Surrogate surrogate :
        List.of(new ClippedSurrogate(0.2, 0.28, 1.5), new SapoSurrogate(1.5, 2))) {
      for (ImportanceLevel level :
          List.of(ImportanceLevel.TOKEN, ImportanceLevel.SEQUENCE, ImportanceLevel.TRAJECTORY)) {
        for (KlEstimator estimator : KlEstimator.values()) {
          for (boolean correction : new boolean[] {false, true}) {
            KlPenalty kl = new KlPenalty(0.1, estimator, correction);
            for (TokenAggregation aggregation : TokenAggregation.values()) {
              all.add(LossCases.with(surrogate, aggregation, level, kl));
            }
          }
        }
      }
    }
    ClippedSurrogate clipped = new ClippedSurrogate(0.2, 0.28, null);
    KlPenalty none = KlPenalty.none();
    for (TokenAggregation aggregation : TokenAggregation.values()) {
      for (Surrogate surrogate :
          List.of(
              new KlCovSurrogate(0.3, 0.7),
              new KlCovSurrogate(1e-4, 2),
              new ClipCovSurrogate(clipped, 0.3, 0, 10))) {
        all.add(LossCases.with(surrogate, aggregation, ImportanceLevel.TOKEN, none));
      }
    }
    return all.build();
  }

  @ParameterizedTest
  @MethodSource("differentiable")
  void gradientEqualsFiniteDifferences(PolicyLoss objective) {
    Random random = new Random(11);
    float[] current = randomLogProbs(14, random);
    List<Sample> samples =
        samples(
            new int[] {5, 1, 8},
            new double[] {1.5, -0.7, -2},
            randomLogProbs(14, random),
            randomLogProbs(14, random),
            null);
    float[] gradient = objective.compute(inputs(samples, current)).gradient();
    for (int i = 0; i < current.length; i++) {
      float step = 1f / 4096;
      float[] up = current.clone();
      up[i] += step;
      float[] down = current.clone();
      down[i] -= step;
      double slope =
          (objective.compute(inputs(samples, up)).loss()
                  - objective.compute(inputs(samples, down)).loss())
              / ((double) up[i] - down[i]);
      assertThat((double) gradient[i])
          .as("token %d", i)
          .isCloseTo(slope, within(2e-6 + 2e-5 * Math.abs(slope)));
    }
  }

  static Stream<Surrogate> held() {
    return Stream.of(
        new CispoSurrogate(1.1),
        new VespoSurrogate(2, 3, 3, 2),
        new DppoSurrogate(0.02, 0.02, DppoSurrogate.Divergence.BINARY_TV, 1.1),
        new DppoSurrogate(0.005, 0.005, DppoSurrogate.Divergence.BINARY_KL, 20));
  }

  /** The weight is held, so the loss is linear in the log-probs with the gradient as its slope. */
  @ParameterizedTest
  @MethodSource("held")
  void heldWeightsMakeTheLossLinearInTheLogProbs(Surrogate surrogate) {
    Random random = new Random(4);
    float[] current = randomLogProbs(9, random);
    List<Sample> samples =
        samples(new int[] {4, 5}, new double[] {1, -2}, randomLogProbs(9, random), null, null);
    LossOutput out =
        PolicyLoss.of(surrogate, TokenAggregation.COMPLETION_MEAN)
            .compute(inputs(samples, current));
    double product = 0;
    for (int n = 0; n < 9; n++) {
      product += (double) current[n] * out.gradient()[n];
    }
    assertThat(out.loss()).isCloseTo(product, within(1e-6)).isNotZero();
  }

  /** Equation 17 of GSPO: each token's own gradient, weighted with the sequence's ratio. */
  @Test
  void sequenceTokenHasTheSequencesRatioAndTheTokensGradient() {
    float[] old = {-1, -1};
    float[] current = {-0.9f, -1.06f}; // mean of the log-ratios: 0.02
    List<Sample> samples = samples(new int[] {2}, new double[] {1}, old, null, null);
    PolicyLoss objective =
        LossCases.with(
            new ClippedSurrogate(0.05, 0.05, null),
            TokenAggregation.COMPLETION_MEAN,
            ImportanceLevel.SEQUENCE_TOKEN,
            KlPenalty.none());
    LossOutput out = objective.compute(inputs(samples, current));
    double ratio = Math.exp(0.02);
    assertThat(out.loss()).isCloseTo(-ratio, within(1e-6));
    assertThat(out.gradient()[0]).isCloseTo((float) (-ratio / 2), within(1e-6f));
    assertThat(out.gradient()[1]).isCloseTo((float) (-ratio / 2), within(1e-6f));
    assertThat(mean(out, "clip_ratio/region_mean")).isZero();
  }

  @ParameterizedTest
  @EnumSource(LossType.class)
  void partsOfAnUpdateAddUpToTheWhole(LossType type) {
    PolicyLoss objective = clipped(type.aggregation(), 0.2, 0.2, 0.04);
    Random random = new Random(5);
    float[] current = randomLogProbs(12, random);
    float[] old = randomLogProbs(12, random);
    List<Sample> all =
        samples(
            new int[] {3, 7, 2}, new double[] {1, -1, 0.5}, old, randomLogProbs(12, random), null);
    LossInputs in = inputs(all, current, 0.1);
    LossOutput whole = objective.compute(in);
    double loss = 0;
    LossMetrics metrics = new LossMetrics();
    for (int[] part : new int[][] {{0, 1, 0, 3}, {1, 3, 3, 12}}) {
      LossOutput out =
          objective.compute(
              new LossInputs(
                  in.update(),
                  all.subList(part[0], part[1]),
                  Arrays.copyOfRange(current, part[2], part[3]),
                  Arrays.copyOfRange(in.entropies(), part[2], part[3]),
                  LossCases.LIMIT,
                  0.1));
      assertThat(out.gradient())
          .containsExactly(Arrays.copyOfRange(whole.gradient(), part[2], part[3]));
      assertThat(out.entropyGradient())
          .containsExactly(
              Arrays.copyOfRange(whole.entropyGradient(), part[2], part[3]), within(1e-9f));
      loss += out.loss();
      metrics.add(out.metrics());
    }
    assertThat(loss).isCloseTo(whole.loss(), within(1e-12));
    whole
        .metrics()
        .means()
        .forEach((k, v) -> assertThat(metrics.means().get(k)).as(k).isCloseTo(v, within(1e-12)));
    assertThat(metrics.extremes()).isEqualTo(whole.metrics().extremes());
  }

  @Test
  void withoutOldLogProbsTheRatioIsOneAndTheGradientIsThePolicyGradient() {
    List<Sample> samples = samples(new int[] {2}, new double[] {3}, null, null, null);
    LossOutput out =
        clipped(TokenAggregation.COMPLETION_MEAN, 0.2, 0.2, 0)
            .compute(inputs(samples, new float[] {-7, -0.5f}));
    assertThat(out.loss()).isEqualTo(-3);
    assertThat(out.gradient()).containsExactly(-1.5f, -1.5f);
    assertThat(out.entropyGradient()).isNull();
    assertThat(out.metrics().means()).doesNotContainKey("kl");
  }

  static Stream<Surrogate> surrogates() {
    return Stream.concat(
        held(),
        Stream.of(
            new ClippedSurrogate(0.2, 0.2, null),
            new SapoSurrogate(1, 1.05),
            new ClipCovSurrogate(new ClippedSurrogate(0.2, 0.2, null), 0.5, -1e9, 1e9),
            new KlCovSurrogate(0.5, 1)));
  }

  @ParameterizedTest
  @MethodSource("surrogates")
  void everythingStaysFiniteWhereRatiosOverflow(Surrogate surrogate) {
    ImportanceCorrection correction =
        new ImportanceCorrection(ImportanceCorrection.Mode.TOKEN_TRUNCATE, null, 3.0);
    PolicyLoss objective =
        new PolicyLoss(
            surrogate,
            TokenAggregation.COMPLETION_MEAN,
            ImportanceLevel.TOKEN,
            new KlPenalty(0.1, KlEstimator.K3, true),
            correction,
            new OffPolicyMask(0.5),
            new GeometricMask(1e9, 1e-9),
            new TopEntropyMask(0.5),
            0.1);
    float[] far = {-2000, 0, -3, -1};
    float[] near = {0, -2000, -2, -4};
    for (double advantage : new double[] {-1, 0, 1}) {
      List<Sample> samples =
          samples(new int[] {3, 1}, new double[] {advantage, -advantage}, near, near, far);
      LossOutput out = objective.compute(inputs(samples, far, 0.1));
      assertThat(out.loss()).isFinite();
      for (float g : out.gradient()) {
        assertThat(g).isFinite();
      }
    }
  }

  @Test
  void completionsThatDoNotCountAddNothing() {
    Sample counted = samples(new int[] {2}, new double[] {1}, null, null, null).get(0);
    Sample left =
        counted
            .withAdvantages(-5)
            .withMask(new boolean[2])
            .withLogProbs(new float[2], new float[2]);
    LossOutput out =
        clipped(TokenAggregation.COMPLETION_MEAN, 0.2, 0.2, 0)
            .compute(inputs(List.of(left, counted), new float[] {-3, -3, -1, -1}, 0.5));
    assertThat(out.policyLoss()).isEqualTo(-0.5); // two completions, one of which counts
    assertThat(out.gradient()).containsExactly(0, 0, -0.25f, -0.25f);
    assertThat(out.entropyGradient()).containsExactly(0, 0, -0.25f, -0.25f);
    assertThat(mean(out, "entropy")).isEqualTo(1);
  }

  @Test
  void tokensThatDoNotCountSplitACompletionIntoNothingElse() {
    // the observation of a tool between two turns: what counts is as if it were not there
    Sample whole = samples(new int[] {4}, new double[] {1}, null, null, null).get(0);
    Sample turns = whole.withMask(new boolean[] {true, false, false, true});
    for (TokenAggregation aggregation : TokenAggregation.values()) {
      for (ImportanceLevel level : ImportanceLevel.values()) {
        PolicyLoss loss =
            LossCases.with(
                new ClippedSurrogate(0.2, 0.2, null), aggregation, level, KlPenalty.none());
        LossOutput masked = loss.compute(inputs(List.of(turns), new float[] {-1, -9, -9, -3}, 0.1));
        LossOutput alone =
            loss.compute(
                inputs(
                    samples(new int[] {2}, new double[] {1}, null, null, null),
                    new float[] {-1, -3},
                    0.1));
        assertThat(masked.loss()).as("%s %s", aggregation, level).isEqualTo(alone.loss());
        assertThat(masked.gradient())
            .containsExactly(alone.gradient()[0], 0, 0, alone.gradient()[1]);
        assertThat(masked.entropyGradient()).containsExactly(-0.05f, 0, 0, -0.05f);
      }
    }
  }

  @Test
  void eachTokenHasItsOwnAdvantage() {
    Sample sample =
        samples(new int[] {3}, new double[] {0}, null, null, null).get(0).withAdvantages(1, 0, -2);
    LossOutput out =
        clipped(TokenAggregation.COMPLETION_MEAN, 0.2, 0.2, 0)
            .compute(inputs(List.of(sample), new float[] {-1, -1, -1}));
    assertThat(out.gradient()).containsExactly(-1 / 3f, 0, 2 / 3f);
  }

  @Test
  void topEntropyKeepsTheShareOfTokens() {
    PolicyLoss objective =
        new PolicyLoss(
            new ClippedSurrogate(0.2, 0.2, null),
            TokenAggregation.COMPLETION_MEAN,
            ImportanceLevel.TOKEN,
            KlPenalty.none(),
            null,
            null,
            null,
            new TopEntropyMask(0.5),
            0);
    List<Sample> samples = samples(new int[] {4}, new double[] {1}, null, null, null);
    LossOutput out = objective.compute(inputs(samples, new float[] {-1, -4, -2, -3}, 0.2));
    assertThat(out.gradient()).containsExactly(0, -0.25f, 0, -0.25f);
    assertThat(out.entropyGradient()).containsExactly(0, -0.1f, 0, -0.1f);
    assertThat(out.entropySum()).isEqualTo(7);
    assertThat(mean(out, "entropy")).isEqualTo(2.5);
  }

  @Test
  void aMissingReferenceIsAFault() {
    List<Sample> samples = samples(new int[] {1}, new double[] {1}, null, null, null);
    PolicyLoss objective = clipped(TokenAggregation.COMPLETION_MEAN, 0.2, 0.2, 0.1);
    assertThat(objective.usesReference()).isTrue();
    assertThatThrownBy(() -> objective.compute(inputs(samples, new float[1])))
        .hasMessage("beta > 0 needs the reference's log-probs of every sample");
  }

  @Test
  void vespoCorrectsTokensOnly() {
    ImportanceCorrection correction =
        new ImportanceCorrection(ImportanceCorrection.Mode.SEQUENCE_MASK, null, 3.0);
    assertThatThrownBy(
            () ->
                new PolicyLoss(
                    new VespoSurrogate(2, 3, 3, 2),
                    TokenAggregation.BATCH_TOKEN_MEAN,
                    ImportanceLevel.TOKEN,
                    KlPenalty.none(),
                    correction,
                    null,
                    null,
                    new TopEntropyMask(1),
                    0))
        .hasMessageContaining("must be token_truncate or token_mask with loss_type vespo");
  }
}
