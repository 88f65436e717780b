package org.r1zero.grpo.loss;

import org.jspecify.annotations.Nullable;

/**
 * The counted tokens of one completion as a surrogate sees them.
 *
 * @param advantages of the tokens, {@code [T]}
 * @param current log-probs under the policy, {@code [T]}
 * @param logRatios {@code current - old}, {@code [T]}
 * @param logWeights log importance weights at the loss's level, {@code [T]}
 * @param corrections importance weights of the old policy against the sampler, {@code [T]}; {@code
 *     null} where they are not corrected for
 */
record CompletionRatios(
    double[] advantages,
    double[] current,
    double[] logRatios,
    double[] logWeights,
    double @Nullable [] corrections) {

  /** Beyond e^±60 a ratio says nothing more, and its products leave the range of a float. */
  private static final double LOG_LIMIT = 60;

  int length() {
    return current.length;
  }

  double advantage(int t) {
    return advantages[t];
  }

  /** The importance weight of a token; finite whatever the log-probs are. */
  double weight(int t) {
    return bounded(logWeights[t]);
  }

  static double bounded(double logRatio) {
    return Math.exp(Math.max(-LOG_LIMIT, Math.min(LOG_LIMIT, logRatio)));
  }
}
