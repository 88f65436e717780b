package org.r1zero.grpo.loss;

import java.io.Serializable;

/**
 * {@code + beta * KL(policy || reference)} a token.
 *
 * @param beta its coefficient; 0 needs no reference policy
 * @param estimator of the KL divergence
 * @param biasCorrection whether the estimate is multiplied by the importance weight, which makes
 *     its gradient that of the KL divergence: DeepSeek-V3.2 (arXiv:2512.02556), equation 7; TRL's
 *     {@code use_bias_correction_kl}
 */
public record KlPenalty(double beta, KlEstimator estimator, boolean biasCorrection)
    implements Serializable {

  /** Checks the coefficient. */
  public KlPenalty {
    if (!(beta >= 0 && Double.isFinite(beta))) {
      throw new IllegalArgumentException(
          "beta must be >= 0, was " + beta + " (0 switches the KL term off)");
    }
  }

  /** No penalty. */
  public static KlPenalty none() {
    return new KlPenalty(0, KlEstimator.K3, false);
  }
}
