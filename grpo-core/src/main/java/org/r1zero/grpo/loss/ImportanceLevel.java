package org.r1zero.grpo.loss;

import java.util.Arrays;

/**
 * What an importance weight is a ratio of: {@code log w_t} from the log-ratios {@code d_t = current
 * - old} of a completion's {@code T} tokens; TRL's {@code importance_sampling_level}, and two more.
 */
public enum ImportanceLevel {
  /** Each token's own: {@code d_t}. */
  TOKEN,
  /** {@code mean(d)}: GSPO (arXiv:2507.18071), equation 7. */
  SEQUENCE,
  /**
   * {@code mean(d)} in value, {@code d_t} in gradient: GSPO-token (arXiv:2507.18071), equation 14.
   */
  SEQUENCE_TOKEN,
  /** {@code sum(d)}, the ratio of whole completions: RLOO (arXiv:2402.14740), as TRL has it. */
  TRAJECTORY;

  /** Whether all tokens of a completion have the same weight. */
  boolean perSequence() {
    return this != TOKEN;
  }

  /** Log importance weights of a completion's tokens, {@code [T]}. */
  double[] logWeights(double[] logRatios) {
    return switch (this) {
      case TOKEN -> logRatios.clone();
      case SEQUENCE, SEQUENCE_TOKEN -> means(logRatios);
      case TRAJECTORY -> sums(logRatios);
    };
  }

  /**
   * From the derivative by each log-weight to the derivative by each current log-prob, both {@code
   * [T]}.
   */
  double[] backward(double[] gradient) {
    return switch (this) {
      case TOKEN, SEQUENCE_TOKEN -> gradient;
      case SEQUENCE -> means(gradient);
      case TRAJECTORY -> sums(gradient);
    };
  }

  private static double[] means(double[] values) {
    return filled(Arrays.stream(values).sum() / values.length, values.length);
  }

  private static double[] sums(double[] values) {
    return filled(Arrays.stream(values).sum(), values.length);
  }

  private static double[] filled(double value, int length) {
    double[] values = new double[length];
    Arrays.fill(values, value);
    return values;
  }
}
