package org.r1zero.grpo.model;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Prompts and the completions that follow them, for one forward pass. Several completions of one
 * prompt share its computation.
 *
 * @param prompts token ids of each prompt, {@code [P][S_p]}, each of at least one token
 * @param completions token ids of each completion, {@code [C][T_c]}, each of at least one token
 * @param owner the index of each completion's prompt, {@code [C]}
 */
public record TokenBatch(int[][] prompts, int[][] completions, int[] owner)
    implements Serializable {

  /** Checks that sequences are not empty and that owners exist. */
  public TokenBatch {
    if (prompts.length == 0 || completions.length == 0 || owner.length != completions.length) {
      throw new IllegalArgumentException(
          String.format(
              "a batch needs prompts, completions and an owner for each; had %s, %s and %s",
              prompts.length, completions.length, owner.length));
    }
    for (int[] tokens : prompts) {
      requireTokens("prompt", tokens);
    }
    for (int[] tokens : completions) {
      requireTokens("completion", tokens);
    }
    for (int o : owner) {
      if (o < 0 || o >= prompts.length) {
        throw new IllegalArgumentException(
            "owner must be in [0, " + prompts.length + "), was " + o);
      }
    }
  }

  /** A batch of one completion a prompt. */
  public static TokenBatch pairs(int[][] prompts, int[][] completions) {
    int[] owner = new int[completions.length];
    Arrays.setAll(owner, i -> i);
    return new TokenBatch(prompts, completions, owner);
  }

  /** All completion tokens, {@code N}: what {@link TokenLogProbs} has a value for each. */
  public int tokenCount() {
    return Arrays.stream(completions).mapToInt(c -> c.length).sum();
  }

  /** The tokens that the forward pass computes: each prompt once, each completion but its last. */
  public int rowCount() {
    int rows = Arrays.stream(prompts).mapToInt(p -> p.length).sum();
    return rows + tokenCount() - completions.length;
  }

  /**
   * Places of attention's rectangles: {@link #rowCount} of them hold a token, the rest are padding.
   */
  public long attentionPlaces() {
    return Buckets.of(this).stream().mapToLong(b -> (long) b.members().size() * b.time()).sum();
  }

  static int longest(int[][] sequences) {
    return Arrays.stream(sequences).mapToInt(s -> s.length).max().orElse(0);
  }

  private static void requireTokens(String what, int[] tokens) {
    if (tokens.length == 0) {
      throw new IllegalArgumentException("a " + what + " needs at least one token, had none");
    }
  }
}
