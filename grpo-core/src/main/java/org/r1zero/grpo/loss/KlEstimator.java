package org.r1zero.grpo.loss;

/**
 * Schulman's k3 estimate of KL(policy || reference) from one sampled token: {@code exp(ref - cur) -
 * (ref - cur) - 1}, as in DeepSeekMath (arXiv:2402.03300), equation 4. It is never negative, and
 * unbiased for tokens that the policy sampled.
 */
final class KlEstimator {
  private KlEstimator() {}

  static double k3(double current, double reference) {
    double d = reference - current;
    return Math.expm1(d) - d;
  }

  /** Its derivative by {@code current}. */
  static double k3Gradient(double current, double reference) {
    return -Math.expm1(reference - current);
  }
}
