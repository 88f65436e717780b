package org.r1zero.rollout.generation;

/**
 * A prompt with the completions wanted of it.
 *
 * @param prompt token ids, at least one
 * @param seeds one for each completion: it alone decides that completion's draws, so the same seed
 *     replays it
 */
public record GenerationRequest(int[] prompt, long[] seeds) {

  /** Checks that there is a prompt and something to sample. */
  public GenerationRequest {
    if (prompt.length == 0 || seeds.length == 0) {
      throw new IllegalArgumentException(
          "a request needs a prompt and at least one seed; had "
              + prompt.length
              + " tokens and "
              + seeds.length
              + " seeds");
    }
  }
}
