package org.r1zero.grpo;

import org.r1zero.grpo.faults.Faults;

/**
 * Options of the entropy bonus, under TRL's names: {@code loss - entropy_coef * mean entropy}.
 *
 * @param entropyCoef coefficient of the entropy bonus, and where an adaptive one starts; 0 for none
 * @param useAdaptiveEntropy whether the coefficient follows the entropy: Skywork-OR1
 *     (arXiv:2505.22312), section 3.3
 * @param entropyCoefMin the smallest adaptive coefficient
 * @param entropyCoefMax the largest adaptive coefficient
 * @param entropyCoefDelta how far an adaptive coefficient moves with each update
 * @param entropyTarget in nats per token: at or below it the bonus acts and its coefficient grows
 */
public record EntropyConfig(
    double entropyCoef,
    boolean useAdaptiveEntropy,
    double entropyCoefMin,
    double entropyCoefMax,
    double entropyCoefDelta,
    double entropyTarget) {

  /** Checks the ranges; all faults are named at once. */
  public EntropyConfig {
    Faults faults = new Faults();
    faults.require(
        Double.isFinite(entropyCoef), "entropy_coef", "must be finite, was " + entropyCoef);
    faults.require(
        entropyCoefMin <= entropyCoefMax,
        "entropy_coef_min",
        "must be <= entropy_coef_max (" + entropyCoefMax + "), was " + entropyCoefMin);
    faults.require(
        entropyCoefDelta >= 0, "entropy_coef_delta", "must be >= 0, was " + entropyCoefDelta);
    faults.require(entropyTarget >= 0, "entropy_target", "must be >= 0 nats, was " + entropyTarget);
    faults.check();
  }

  /** TRL's: no bonus. */
  public static EntropyConfig defaults() {
    return new EntropyConfig(0, false, 0, 1, 0.005, 0.2);
  }

  /** Whether there is a bonus. */
  boolean isOn() {
    return useAdaptiveEntropy || entropyCoef != 0;
  }
}
