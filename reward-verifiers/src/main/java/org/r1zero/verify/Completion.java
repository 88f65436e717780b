package org.r1zero.verify;

import static java.util.Objects.requireNonNull;

/**
 * What a model answered: data to be judged, never trusted.
 *
 * @param text the decoded answer, special tokens left out
 * @param tokenCount how many tokens were sampled, the end-of-sequence token counted
 * @param finishReason why it ended
 */
public record Completion(String text, int tokenCount, FinishReason finishReason) {

  /** Checks that nothing is missing. */
  public Completion {
    requireNonNull(text, "text is null");
    requireNonNull(finishReason, "finishReason is null");
    if (tokenCount < 0) {
      throw new IllegalArgumentException("tokenCount must be >= 0, was " + tokenCount);
    }
  }

  /** Whether the limit on new tokens cut it off: what it says last is not its answer. */
  public boolean truncated() {
    return finishReason == FinishReason.LENGTH;
  }

  /** Wraps a text whose token count does not matter, as in tests and when scoring files. */
  public static Completion of(String text) {
    return new Completion(text, 0, FinishReason.STOP);
  }
}
