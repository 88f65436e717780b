package org.r1zero.rollout;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.r1zero.grpo.model.tokenizer.Tokenizer;
import org.r1zero.rollout.generation.StopCondition;

/** Ends a completion at an end-of-sequence token, or where its text has a stop string. */
final class TokenizerStops implements StopCondition {
  private final Tokenizer tokenizer;
  private final Set<Integer> endOfSequence;
  private final List<String> stops;
  private final int window;

  TokenizerStops(Tokenizer tokenizer, List<String> stops) {
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
    String tail =
        tokenizer.decode(Arrays.copyOfRange(tokens, Math.max(0, length - window), length), false);
    return stops.stream().anyMatch(tail::contains);
  }
}
