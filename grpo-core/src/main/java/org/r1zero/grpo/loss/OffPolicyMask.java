package org.r1zero.grpo.loss;

import java.io.Serializable;

/**
 * Leaves out completions with a negative advantage that the policy has moved away from:
 * DeepSeek-V3.2 (arXiv:2512.02556), equation 9.
 *
 * @param threshold the largest mean of {@code sampling - current} over a completion's tokens that
 *     still counts; TRL's {@code off_policy_mask_threshold}
 */
public record OffPolicyMask(double threshold) implements Serializable {

  /** Checks the threshold. */
  public OffPolicyMask {
    if (!(threshold > 0)) {
      throw new IllegalArgumentException(
          "off_policy_mask_threshold must be > 0, was " + threshold + " (TRL suggests 0.5)");
    }
  }

  /**
   * Whether the policy has moved away from a completion: its tokens with a negative advantage are
   * left out.
   *
   * @param sampling log-probs that it was drawn by, {@code [T]}; NaN where unknown
   */
  boolean isLeft(double[] current, double[] sampling) {
    double sum = 0;
    for (int t = 0; t < current.length; t++) {
      double gap = sampling[t] - current[t];
      sum += Double.isNaN(gap) ? 0 : gap;
    }
    return !(sum / current.length <= threshold);
  }
}
