package org.r1zero.grpo.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.r1zero.grpo.loss.LossCases.extreme;
import static org.r1zero.grpo.loss.LossCases.inputs;
import static org.r1zero.grpo.loss.LossCases.mean;
import static org.r1zero.grpo.loss.LossCases.samples;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.r1zero.grpo.data.Sample;

/** DPPO, Clip-Cov, KL-Cov, the geometric mask, ECHO's loss, and ratios before their bounds. */
class NewerLossesTest {

  /** One token of probability 0.3 that became 0.5, or the other way round. */
  @ParameterizedTest
  @CsvSource({
    // from, to, advantage, threshold, gradient
    "0.3, 0.5,  1, 0.15, 0",
    "0.3, 0.5,  1, 0.21, -1.6666667",
    "0.3, 0.5, -1, 0.15, 1.6666667",
    "0.5, 0.3, -1, 0.15, 0",
    "0.5, 0.3, -1, 0.21, 0.6",
    "0.5, 0.3,  1, 0.15, -0.6",
    // the ratio is 10 but hardly any probability has moved: clipping would stop it
    "0.001, 0.01, 1, 0.15, -10"
  })
  void dppoStopsWhereProbabilityHasMoved(
      double from, double to, double advantage, double threshold, double gradient) {
    LossOutput out =
        moved(new DppoSurrogate(threshold, threshold, DppoSurrogate.Divergence.BINARY_TV, 20))
            .compute(one(from, to, advantage));
    assertThat((double) out.gradient()[0]).isCloseTo(gradient, within(1e-5));
    assertThat(mean(out, "prob_diff/mean")).isCloseTo(Math.abs(to - from), within(1e-7));
    assertThat(mean(out, "mask_ratio/overall_mean")).isEqualTo(gradient == 0 ? 1 : 0);
    assertThat(mean(out, "importance_ratio/cut")).isEqualTo(gradient == 0 ? 1 : 0);
    assertThat(mean(out, "importance_ratio/mean")).isCloseTo(to / from, within(1e-5));
  }

  @Test
  void dppoMayMeasureByTheDivergenceOfKullbackAndLeibler() {
    // of (0.2, 0.8) from (0.5, 0.5): 0.2 log 0.4 + 0.8 log 1.6 = 0.19274
    for (double threshold : new double[] {0.1926, 0.1929}) {
      DppoSurrogate dppo = new DppoSurrogate(1, threshold, DppoSurrogate.Divergence.BINARY_KL, 2);
      float gradient = moved(dppo).compute(one(0.2, 0.5, 1)).gradient()[0];
      // the weight is 2.5, at most 2
      assertThat(gradient).isCloseTo(threshold < 0.1927 ? 0 : -2f, within(1e-6f));
    }
  }

  private static PolicyLoss moved(Surrogate surrogate) {
    return PolicyLoss.of(surrogate, TokenAggregation.COMPLETION_MEAN);
  }

  private static LossInputs one(double from, double to, double advantage) {
    float[] old = {(float) Math.log(from)};
    return inputs(
        samples(new int[] {1}, new double[] {advantage}, old, null, null),
        new float[] {(float) Math.log(to)});
  }

  /**
   * Advantages 1, 1, -1, -1 and log-probs -1, -3, -1, -3: means 0 and -2, covariances 1, -1, -1, 1.
   */
  private static final float[] PROBABLE = {-1, -3, -1, -3};

  private static List<Sample> four(float[] old) {
    return samples(new int[] {2, 2}, new double[] {1, -1}, old, null, null);
  }

  @Test
  void clipCovLeavesOutTokensOfHighCovariance() {
    ClippedSurrogate clipped = new ClippedSurrogate(0.2, 0.2, null);
    LossOutput all =
        moved(new ClipCovSurrogate(clipped, 1, 0.5, 5)).compute(inputs(four(PROBABLE), PROBABLE));
    assertThat(all.gradient()).containsExactly(0, -0.25f, 0.25f, 0);
    assertThat(mean(all, "clip_cov/left_out")).isEqualTo(0.5);
    LossOutput one =
        moved(new ClipCovSurrogate(clipped, 1e-4, 0.5, 5))
            .compute(inputs(four(PROBABLE), PROBABLE));
    assertThat(mean(one, "clip_cov/left_out")).as("at least one").isEqualTo(0.25);
    LossOutput none =
        moved(new ClipCovSurrogate(clipped, 1, 1.5, 5)).compute(inputs(four(PROBABLE), PROBABLE));
    assertThat(none.gradient()).containsExactly(-0.25f, -0.25f, 0.25f, 0.25f);
    // the first token's ratio is e: clipped already, so that it is not counted as left out
    LossOutput cut =
        moved(new ClipCovSurrogate(clipped, 1, 0.5, 5))
            .compute(inputs(four(new float[] {-2, -3, -1, -3}), PROBABLE));
    assertThat(cut.gradient()).containsExactly(0, -0.25f, 0.25f, 0);
    assertThat(mean(cut, "clip_cov/left_out")).isEqualTo(0.25);
  }

  @Test
  void klCovPenalisesTheTokensOfTheHighestCovariance() {
    float[] old = {-1.5f, -3, -1, -2.5f}; // the first became likelier, the last less likely
    LossOutput out = moved(new KlCovSurrogate(0.5, 2)).compute(inputs(four(old), PROBABLE));
    double up = Math.exp(0.5);
    double down = Math.exp(-0.5);
    assertThat(out.loss()).isCloseTo((-up + 2 * 0.5 - 1 + 1 + down + 2 * 0.5) / 4, within(1e-6));
    assertThat(out.gradient()[0]).isCloseTo((float) ((-up + 2) / 4), within(1e-6f));
    assertThat(out.gradient()[1]).isCloseTo(-0.25f, within(1e-6f));
    assertThat(out.gradient()[3]).isCloseTo((float) ((down - 2) / 4), within(1e-6f));
    assertThat(mean(out, "kl_cov/ppo_kl_abs")).isCloseTo(0.25, within(1e-6));
    assertThat(mean(out, "kl_cov/penalised")).isEqualTo(0.5);
  }

  @Test
  void aCompletionFarFromTheSamplerIsLeftOutWhateverItsLength() {
    PolicyLoss objective =
        new PolicyLoss(
            new ClippedSurrogate(0.2, 0.2, null),
            TokenAggregation.COMPLETION_SUM,
            ImportanceLevel.TOKEN,
            KlPenalty.none(),
            null,
            null,
            new GeometricMask(1.1, 0.9),
            new TopEntropyMask(1),
            0);
    // mean log-ratios 0.2, 0 (of two that cancel) and 0.05, whose product is above 1.1
    float[] current = {-1, -0.5f, -1.5f, -1, -1, -1, -1};
    float[] sampling = {-1.2f, -1, -1, -1.05f, -1.05f, -1.05f, -1.05f};
    List<Sample> samples =
        samples(new int[] {1, 2, 4}, new double[] {1, -1, 1}, null, null, sampling);
    LossOutput out = objective.compute(inputs(samples, current));
    float third = 1 / 3f;
    assertThat(out.gradient())
        .containsExactly(
            new float[] {0, third, third, -third, -third, -third, -third}, within(1e-6f));
    assertThat(mean(out, "rollout_corr/rollout_rs_seq_masked_fraction"))
        .isCloseTo(third, within(1e-7));
    assertThat(extreme(out, "rollout_corr/rollout_rs_max")).isCloseTo(Math.exp(0.2), within(1e-6));
    assertThat(extreme(out, "rollout_corr/rollout_rs_min")).isCloseTo(1, within(1e-6));
  }

  @Test
  void whatAnEnvironmentSaidIsLearnedToBeForeseen() {
    PolicyLoss objective =
        new PolicyLoss(
            new ClippedSurrogate(0.2, 0.2, null),
            TokenAggregation.COMPLETION_MEAN,
            ImportanceLevel.TOKEN,
            KlPenalty.none(),
            null,
            null,
            null,
            new TopEntropyMask(1),
            0.1);
    float nan = Float.NaN;
    float[] sampling = {-1, nan, nan, nan, -1, nan, -1, -1};
    boolean[] first = {true, false, false, false, true};
    List<Sample> plain =
        samples(new int[] {5, 2, 1}, new double[] {1, -1, 2}, null, null, sampling);
    List<Sample> samples =
        List.of(
            plain.get(0).withMask(first),
            plain.get(1).withMask(new boolean[2]), // cut off: what it observed counts all the same
            plain.get(2));
    float[] current = {-1, -2, -3, -4, -1, -5, -1, -1};
    LossOutput out = objective.compute(inputs(samples, current));
    float own = -1 / 2f / 3;
    assertThat(out.gradient())
        .containsExactly(
            new float[] {own, -0.1f / 9, -0.1f / 9, -0.1f / 9, own, -0.1f / 3, 0, -2 / 3f},
            within(1e-7f));
    assertThat(out.loss()).isCloseTo(-1 / 3.0 - 2 / 3.0 + 0.1 / 3 * (3 + 5), within(1e-6));
    assertThat(mean(out, "aux_token_loss")).isEqualTo((2 + 3 + 4 + 5) / 4.0);
    for (int i = 1; i < 6; i++) {
      float[] up = current.clone();
      up[i] += 1f / 1024;
      double slope = (objective.compute(inputs(samples, up)).loss() - out.loss()) * 1024;
      assertThat((double) out.gradient()[i]).isCloseTo(i == 4 ? own : slope, within(1e-6));
    }
  }

  @Test
  void ratiosToTheSamplerAreMeasuredBeforeTheirBounds() {
    PolicyLoss objective =
        new PolicyLoss(
            new ClippedSurrogate(0.2, 0.2, null),
            TokenAggregation.COMPLETION_MEAN,
            ImportanceLevel.TOKEN,
            KlPenalty.none(),
            new ImportanceCorrection(ImportanceCorrection.Mode.TOKEN_TRUNCATE, null, 3.0),
            null,
            null,
            new TopEntropyMask(1),
            0);
    float[] sampling = {(float) -Math.log(10), 0, (float) Math.log(2), 0};
    List<Sample> samples = samples(new int[] {4}, new double[] {1}, new float[4], null, sampling);
    LossOutput out = objective.compute(inputs(samples, new float[4]));
    String raw = "sampling/raw_importance_sampling_ratio/";
    assertThat(extreme(out, raw + "max")).isCloseTo(10, within(1e-5));
    assertThat(extreme(out, raw + "min")).isCloseTo(0.5, within(1e-6));
    assertThat(mean(out, raw + "mean")).isCloseTo(12.5 / 4, within(1e-5));
    assertThat(mean(out, raw + "cut")).isEqualTo(0.25);
    assertThat(extreme(out, "sampling/importance_sampling_ratio/max")).isEqualTo(3);
  }

  @Test
  void whatTheNewPartsRefuse() {
    ClippedSurrogate clipped = new ClippedSurrogate(0.2, 0.2, null);
    assertThatThrownBy(() -> new DppoSurrogate(0, -1, DppoSurrogate.Divergence.BINARY_TV, 0))
        .hasMessageContainingAll("epsilon must", "epsilon_high must", "clip_ratio_c must");
    assertThatThrownBy(() -> new ClipCovSurrogate(clipped, 0, 5, 1))
        .hasMessageContainingAll("clip_cov_ratio must", "clip_cov_lb must be < clip_cov_ub (1.0)");
    assertThatThrownBy(() -> new KlCovSurrogate(2, -1))
        .hasMessageContainingAll("kl_cov_ratio must", "ppo_kl_coef must");
    assertThatThrownBy(() -> new GeometricMask(0.5, 2))
        .hasMessageContainingAll("rollout_rs_threshold must", "rollout_rs_threshold_lower must");
  }
}
