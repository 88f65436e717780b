package org.r1zero.rollout.worker;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.r1zero.grpo.model.tokenizer.Tokenizer;
import org.r1zero.rollout.generation.StopCondition;

/** Ends a completion at an end-of-sequence token, or where its text has a stop string. */
public final class TokenizerStops implements StopCondition {
  private static final int MOST_BYTES_IN_CHARACTER = 4;
  private static final String REPLACEMENT = "\uFFFD";
  private final Tokenizer tokenizer;
  private final List<Integer> endOfSequence;
  private final List<String> stops;
  private final int window;

  /** Takes the texts that end a completion besides the tokenizer's own end. */
  public TokenizerStops(Tokenizer tokenizer, List<String> stops) {
    this.tokenizer = tokenizer;
    this.endOfSequence = tokenizer.specialTokens().endOfSequence();
    this.stops = stops;
    // A token has at least a byte, so this many tokens hold any stop string that just ended.
    int longest =
        stops.stream().mapToInt(s -> s.getBytes(StandardCharsets.UTF_8).length).max().orElse(0);
    this.window = longest + 1;
  }

  @Override
  public boolean stops(int[] tokens, int length) {
    if (endOfSequence.contains(tokens[length - 1])) {
      return true;
    }
    if (stops.isEmpty()) {
      return false;
    }
    String tail = tail(tokens, length);
    return stops.stream().anyMatch(tail::contains);
  }

  /**
   * The text of the newest tokens. Where the window starts within a character, it goes back to the
   * character's start: a decoder with byte fallback would lose the characters after it too.
   */
  private String tail(int[] tokens, int length) {
    int start = Math.max(0, length - window);
    int farthest = Math.max(0, start - (MOST_BYTES_IN_CHARACTER - 1));
    while (true) {
      String text = tokenizer.decode(Arrays.copyOfRange(tokens, start, length), false);
      if (!text.startsWith(REPLACEMENT) || start == farthest) {
        return text;
      }
      start--;
    }
  }
}
