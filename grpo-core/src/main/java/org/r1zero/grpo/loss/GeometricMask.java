package org.r1zero.grpo.loss;

import java.io.Serializable;
import org.r1zero.grpo.faults.Faults;

/**
 * Leaves out a completion whose geometric mean of importance ratios, {@code exp(mean(current -
 * sampling))}, is out of bounds: unlike the product it does not grow with the length, so that long
 * completions are not the first to go. verl's {@code rollout_rs: geometric} (Liu, Li et al., When
 * Speed Kills Stability, https://richardli.xyz/rl-collapse, part 3), of the current policy as where
 * verl bypasses the old one.
 *
 * @param threshold the largest mean that counts; verl's {@code rollout_rs_threshold}
 * @param lower the smallest; verl's {@code rollout_rs_threshold_lower}
 */
public record GeometricMask(double threshold, double lower) implements Serializable {

  /** Checks the bounds; all faults are named at once. */
  public GeometricMask {
    Faults faults = new Faults();
    faults.require(
        threshold > 1,
        "rollout_rs_threshold",
        "must be > 1, was " + threshold + " (1.001 to 1.01 are usual)");
    faults.require(
        lower > 0 && lower < 1,
        "rollout_rs_threshold_lower",
        "must be in (0, 1), was " + lower + " (without it: 1 / rollout_rs_threshold)");
    faults.check();
  }

  /**
   * The geometric mean.
   *
   * @param sampling log-probs that it was drawn by, {@code [T]}; NaN where unknown: such tokens are
   *     taken for unmoved
   */
  double mean(double[] current, double[] sampling) {
    double sum = 0;
    for (int t = 0; t < current.length; t++) {
      double gap = current[t] - sampling[t];
      sum += Double.isNaN(gap) ? 0 : gap;
    }
    return CompletionRatios.bounded(sum / current.length);
  }

  boolean isLeft(double mean) {
    return mean > threshold || mean < lower;
  }

  void measure(double mean, LossMetrics metrics) {
    metrics.mean("rollout_corr/rollout_rs_mean", mean, 1);
    metrics.min("rollout_corr/rollout_rs_min", mean);
    metrics.max("rollout_corr/rollout_rs_max", mean);
    metrics.mean("rollout_corr/rollout_rs_seq_masked_fraction", isLeft(mean) ? 1 : 0, 1);
  }
}
