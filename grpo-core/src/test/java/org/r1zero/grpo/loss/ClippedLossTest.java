package org.r1zero.grpo.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.r1zero.grpo.data.MicroBatch;
import org.r1zero.grpo.data.Minibatch;
import org.r1zero.grpo.data.Samples;

class ClippedLossTest {
  private static final int LIMIT = 8;

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
    ClippedLoss objective = new ClippedLoss(TokenAggregation.GRPO, 0.2, 0.28, 0);
    float current = (float) Math.log(ratio);
    LossOutput out =
        compute(
            objective,
            Samples.part(new int[] {1}, advantage),
            new float[] {current},
            new float[] {0},
            null);
    assertThat(out.loss()).isCloseTo(loss, within(1e-6));
    assertThat((double) out.gradient()[0]).isCloseTo(gradient, within(1e-6));
    assertThat(out.clippedLow()).isEqualTo(low);
    assertThat(out.clippedHigh()).isEqualTo(high);
  }

  /** Completions of 1 and 3 tokens with advantages 1 and -2: the sums of tokens are -1 and 6. */
  @ParameterizedTest
  @CsvSource({
    "GRPO,    0.5,    -0.5,   0.333333333",
    "DAPO,    1.25,   -0.25,  0.5",
    "DR_GRPO, 0.3125, -0.0625, 0.125"
  })
  void aggregationWeighsTokens(
      TokenAggregation aggregation, double loss, double shortGradient, double longGradient) {
    LossOutput out =
        compute(
            new ClippedLoss(aggregation, 0.2, 0.2, 0),
            Samples.part(new int[] {1, 3}, 1, -2),
            new float[4],
            null,
            null);
    assertThat(out.loss()).isCloseTo(loss, within(1e-9));
    assertThat(out.gradient()[0]).isCloseTo((float) shortGradient, within(1e-6f));
    for (int t = 1; t < 4; t++) {
      assertThat(out.gradient()[t]).isCloseTo((float) longGradient, within(1e-6f));
    }
    assertThat(out.tokens()).isEqualTo(4);
  }

  @Test
  void klTermPullsTowardsTheReference() {
    // d = ref - cur = 1 and -1: k3 = e - 2 and 1/e; its gradients 1 - e and 1 - 1/e
    LossOutput out =
        compute(
            new ClippedLoss(TokenAggregation.DAPO, 0.2, 0.2, 0.5),
            Samples.part(new int[] {2}, 0),
            new float[] {-2, -2},
            null,
            new float[] {-1, -3});
    assertThat(out.klSum()).isCloseTo(Math.E - 2 + 1 / Math.E, within(1e-9));
    assertThat(out.loss()).isCloseTo(0.5 * (Math.E - 2 + 1 / Math.E) / 2, within(1e-9));
    assertThat(out.gradient()[0]).isCloseTo((float) (0.25 * (1 - Math.E)), within(1e-6f));
    assertThat(out.gradient()[1]).isCloseTo((float) (0.25 * (1 - 1 / Math.E)), within(1e-6f));
  }

  @Test
  void clippedSharesAreExtremesOverCompletions() {
    float up = (float) Math.log(2);
    LossOutput out =
        compute(
            new ClippedLoss(TokenAggregation.GRPO, 0.2, 0.2, 0),
            Samples.part(new int[] {2, 4, 2}, 1, 1, -1),
            new float[] {up, 0, up, up, up, 0, -up, 0},
            new float[8],
            null);
    assertThat(out.clippedHighMax()).isEqualTo(0.75);
    assertThat(out.clippedLowMin()).isZero();
    assertThat(out.clippedHigh()).isEqualTo(4);
    assertThat(out.clippedLow()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(TokenAggregation.class)
  void gradientEqualsFiniteDifferences(TokenAggregation aggregation) {
    ClippedLoss objective = new ClippedLoss(aggregation, 0.2, 0.28, 0.1);
    MicroBatch part = Samples.part(new int[] {5, 1, 8}, 1.5, -0.7, -2);
    Random random = new Random(11);
    float[] current = randomLogProbs(14, random);
    float[] old = randomLogProbs(14, random);
    float[] reference = randomLogProbs(14, random);
    float[] gradient = compute(objective, part, current, old, reference).gradient();
    for (int i = 0; i < current.length; i++) {
      float step = 1f / 1024;
      float[] up = current.clone();
      up[i] += step;
      float[] down = current.clone();
      down[i] -= step;
      double slope =
          (compute(objective, part, up, old, reference).loss()
                  - compute(objective, part, down, old, reference).loss())
              / ((double) up[i] - down[i]);
      assertThat((double) gradient[i]).as("token %d", i).isCloseTo(slope, within(1e-5));
    }
  }

  @ParameterizedTest
  @EnumSource(TokenAggregation.class)
  void partsOfAnUpdateAddUpToTheWhole(TokenAggregation aggregation) {
    ClippedLoss objective = new ClippedLoss(aggregation, 0.2, 0.2, 0.04);
    Random random = new Random(5);
    float[] current = randomLogProbs(12, random);
    float[] old = randomLogProbs(12, random);
    float[] reference = randomLogProbs(12, random);
    MicroBatch whole = Samples.part(new int[] {3, 7, 2}, 1, -1, 0.5);
    MicroBatch first = Samples.part(new int[] {3}, 1);
    MicroBatch second = Samples.part(new int[] {7, 2}, -1, 0.5);
    Minibatch update = new Minibatch(List.of(first, second));
    LossOutput expected = compute(objective, whole, current, old, reference);
    double loss = 0;
    double klSum = 0;
    int tokens = 0;
    for (MicroBatch part : update.micros()) {
      int from = tokens;
      tokens += part.tokenCount();
      LossOutput out =
          objective.compute(
              new LossInputs(
                  update,
                  part,
                  Arrays.copyOfRange(current, from, tokens),
                  Arrays.copyOfRange(old, from, tokens),
                  Arrays.copyOfRange(reference, from, tokens),
                  LIMIT));
      assertThat(out.gradient())
          .containsExactly(Arrays.copyOfRange(expected.gradient(), from, tokens));
      loss += out.loss();
      klSum += out.klSum();
    }
    assertThat(loss).isCloseTo(expected.loss(), within(1e-12));
    assertThat(klSum).isCloseTo(expected.klSum(), within(1e-12));
    assertThat(tokens).isEqualTo(12);
  }

  @Test
  void withoutOldLogProbsTheRatioIsOneAndTheGradientIsThePolicyGradient() {
    LossOutput out =
        compute(
            new ClippedLoss(TokenAggregation.GRPO, 0.2, 0.2, 0),
            Samples.part(new int[] {2}, 3),
            new float[] {-7, -0.5f},
            null,
            null);
    assertThat(out.loss()).isEqualTo(-3);
    assertThat(out.gradient()).containsExactly(-1.5f, -1.5f);
    assertThat(out.klSum()).isZero();
  }

  @Test
  void aHugeRatioStaysFiniteWhereItIsClipped() {
    LossOutput out =
        compute(
            new ClippedLoss(TokenAggregation.GRPO, 0.2, 0.2, 0),
            Samples.part(new int[] {1}, 1),
            new float[] {0},
            new float[] {-1000},
            null);
    assertThat(out.loss()).isCloseTo(-1.2, within(1e-12));
    assertThat(out.gradient()[0]).isZero();
  }

  @Test
  void onlyAPositiveBetaNeedsTheReference() {
    assertThat(new ClippedLoss(TokenAggregation.GRPO, 0.2, 0.2, 0).usesReference()).isFalse();
    assertThat(new ClippedLoss(TokenAggregation.GRPO, 0.2, 0.2, 0.01).usesReference()).isTrue();
  }

  @Test
  void allFaultsAreNamedAtOnceWithTheirRemedies() {
    assertThatThrownBy(() -> new ClippedLoss(TokenAggregation.GRPO, 1.5, -1, Double.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("epsilon must be in (0, 1), was 1.5 (PPO and GRPO use 0.2)")
        .hasMessageContaining("epsilon_high must be > 0, was -1.0 (DAPO uses 0.28)")
        .hasMessageContaining("beta must be >= 0, was NaN (0 switches the KL term off)");
  }

  private static float[] randomLogProbs(int count, Random random) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = -1 - 0.4f * random.nextFloat();
    }
    return values;
  }

  private static LossOutput compute(
      PolicyLoss objective,
      MicroBatch part,
      float[] current,
      float @Nullable [] old,
      float @Nullable [] reference) {
    Minibatch update = new Minibatch(List.of(part));
    return objective.compute(new LossInputs(update, part, current, old, reference, LIMIT));
  }
}
