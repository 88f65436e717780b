package org.r1zero.grpo.loss;

import java.util.Arrays;

/**
 * What an importance weight is a ratio of: {@code log w_t} from the log-ratios {@code d_t = current
 * - old} of a completion's {@code T} tokens; TRL's {@code importance_sampling_level}, and two more.
 */
public enum ImportanceLevel {
  /** Each token's own: {@code d_t}. */
  TOKEN(false) {
    @Override
    double[] logWeights(double[] logRatios) {
      return logRatios.clone();
    }

    @Override
    double[] backward(double[] gradient) {
      return gradient;
    }
  },
  /** {@code mean(d)}: GSPO (arXiv:2507.18071), equation 7. */
  SEQUENCE(true) {
    @Override
    double[] logWeights(double[] logRatios) {
      return filled(Arrays.stream(logRatios).sum() / logRatios.length, logRatios.length);
    }

    @Override
    double[] backward(double[] gradient) {
      return filled(Arrays.stream(gradient).sum() / gradient.length, gradient.length);
    }
  },
  /**
   * {@code mean(d)} in value, {@code d_t} in gradient: GSPO-token (arXiv:2507.18071), equation 14.
   */
  SEQUENCE_TOKEN(true) {
    @Override
    double[] logWeights(double[] logRatios) {
      return SEQUENCE.logWeights(logRatios);
    }

    @Override
    double[] backward(double[] gradient) {
      return gradient;
    }
  },
  /** {@code sum(d)}, the ratio of whole completions: RLOO (arXiv:2402.14740), as TRL has it. */
  TRAJECTORY(true) {
    @Override
    double[] logWeights(double[] logRatios) {
      return filled(Arrays.stream(logRatios).sum(), logRatios.length);
    }

    @Override
    double[] backward(double[] gradient) {
      return filled(Arrays.stream(gradient).sum(), gradient.length);
    }
  };

  private final boolean perSequence;

  ImportanceLevel(boolean perSequence) {
    this.perSequence = perSequence;
  }

  /** Whether all tokens of a completion have the same weight. */
  boolean perSequence() {
    return perSequence;
  }

  /** Log importance weights of a completion's tokens, {@code [T]}. */
  abstract double[] logWeights(double[] logRatios);

  /**
   * From the derivative by each log-weight to the derivative by each current log-prob, both {@code
   * [T]}.
   */
  abstract double[] backward(double[] gradient);

  private static double[] filled(double value, int length) {
    double[] values = new double[length];
    Arrays.fill(values, value);
    return values;
  }
}
