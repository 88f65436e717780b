package org.r1zero.grpo;

import org.r1zero.grpo.loss.ClippedLoss;
import org.r1zero.grpo.loss.PolicyLoss;
import org.r1zero.grpo.loss.TokenAggregation;

/**
 * Options of the objective, under TRL's names.
 *
 * @param lossType how tokens are averaged
 * @param epsilon lower clip range
 * @param epsilonHigh upper clip range
 * @param beta KL coefficient; 0 switches the KL term and the reference policy off
 */
public record LossConfig(
    TokenAggregation lossType, double epsilon, double epsilonHigh, double beta) {

  /** Checks the ranges; all faults are named at once. */
  public LossConfig {
    new ClippedLoss(lossType, epsilon, epsilonHigh, beta);
  }

  /** GRPO's clip range and no KL term. */
  public static LossConfig defaults() {
    return new LossConfig(TokenAggregation.GRPO, 0.2, 0.2, 0);
  }

  /** The objective that these options describe. */
  public PolicyLoss toLoss() {
    return new ClippedLoss(lossType, epsilon, epsilonHigh, beta);
  }
}
