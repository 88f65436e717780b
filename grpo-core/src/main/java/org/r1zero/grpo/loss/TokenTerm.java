package org.r1zero.grpo.loss;

import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * What one token adds to a loss, before weights and masks.
 *
 * @param value the loss
 * @param byLogWeight its derivative by the token's log importance weight
 * @param byLogProb its derivative by the token's current log-prob, the importance weight held
 * @param clippedLow whether the weight was clipped from below
 * @param clippedHigh whether it was clipped from above
 */
record TokenTerm(
    double value, double byLogWeight, double byLogProb, boolean clippedLow, boolean clippedHigh) {

  /** The terms of a completion's tokens, one after the other: {@code [T]}. */
  static TokenTerm[] each(CompletionRatios completion, IntFunction<TokenTerm> term) {
    return IntStream.range(0, completion.length()).mapToObj(term).toArray(TokenTerm[]::new);
  }

  /** Whether a bound has stopped its gradient. */
  boolean isCut() {
    return clippedLow || clippedHigh;
  }

  /** A term that is a function of the importance weight alone. */
  static TokenTerm ofWeight(double value, double byLogWeight) {
    return new TokenTerm(value, byLogWeight, 0, false, false);
  }
}
