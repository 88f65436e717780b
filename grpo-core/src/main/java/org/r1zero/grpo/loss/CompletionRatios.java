package org.r1zero.grpo.loss;

import java.util.stream.IntStream;
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
 * @param chosen which tokens the surrogate treats apart, {@code [T]}; {@code null} where none
 */
record CompletionRatios(
    double[] advantages,
    double[] current,
    double[] logRatios,
    double[] logWeights,
    double @Nullable [] corrections,
    boolean @Nullable [] chosen) {

  /** Beyond e^±60 a ratio says nothing more, and its products leave the range of a float. */
  private static final double LOG_LIMIT = 60;

  CompletionRatios withChosen(boolean[] tokens) {
    return new CompletionRatios(advantages, current, logRatios, logWeights, corrections, tokens);
  }

  boolean isChosen(int t) {
    return chosen != null && chosen[t];
  }

  /** 1 for each token that is treated apart, 0 for the others, {@code [T]}. */
  int[] chosenOrNone() {
    return IntStream.range(0, length()).map(t -> isChosen(t) ? 1 : 0).toArray();
  }

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
