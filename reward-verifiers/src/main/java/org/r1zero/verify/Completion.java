package org.r1zero.verify;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What a model answered: data to be judged, never trusted.
 *
 * @param text the decoded answer, special tokens left out; of a conversation its last turn
 * @param tokenCount how many tokens were sampled, the end-of-sequence token counted
 * @param finishReason why it ended
 * @param transcript the conversation that the answer ended; {@code null} where there was no
 *     environment
 */
public record Completion(
    String text, int tokenCount, FinishReason finishReason, @Nullable Transcript transcript)
    implements Serializable {

  /**
   * A conversation with an environment.
   *
   * @param text all that was said, the environment's observations included
   * @param turns of the model
   * @param reward what the environment paid, over all turns
   */
  public record Transcript(String text, int turns, double reward) implements Serializable {}

  /** An answer of one turn. */
  public Completion(String text, int tokenCount, FinishReason finishReason) {
    this(text, tokenCount, finishReason, null);
  }

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
