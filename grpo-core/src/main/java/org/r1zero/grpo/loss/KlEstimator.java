package org.r1zero.grpo.loss;

/**
 * Schulman's estimates of KL(policy || reference) from one sampled token, by {@code d = current -
 * reference} (http://joschu.net/blog/kl-approx.html).
 *
 * <p>As a term of a loss their gradients differ more than their values: in expectation k1's is
 * zero, k2's is the gradient of KL(policy || reference), k3's that of KL(reference || policy),
 * unless the KL term is multiplied by the importance weight ({@link KlPenalty#biasCorrection}).
 */
public enum KlEstimator {
  /** {@code d}: unbiased, and negative at times. */
  K1,
  /** {@code d^2 / 2}: biased, little variance. */
  K2,
  /**
   * {@code exp(-d) + d - 1}: unbiased and never negative; DeepSeekMath (arXiv:2402.03300), equation
   * 4, and TRL's.
   */
  K3;

  /** A reference that likes a token e^60 times better: more would leave the range of a float. */
  private static final double LIMIT = 60;

  /** The estimate. */
  double value(double d) {
    return switch (this) {
      case K1 -> d;
      case K2 -> d * d / 2;
      case K3 -> Math.expm1(Math.min(-d, LIMIT)) + d;
    };
  }

  /** Its derivative by the current log-prob. */
  double slope(double d) {
    return switch (this) {
      case K1 -> 1;
      case K2 -> d;
      case K3 -> -Math.expm1(Math.min(-d, LIMIT));
    };
  }
}
