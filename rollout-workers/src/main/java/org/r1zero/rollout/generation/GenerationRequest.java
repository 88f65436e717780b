package org.r1zero.rollout.generation;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * A prompt with the completions wanted of it.
 *
 * @param prompt token ids, at least one
 * @param seeds one for each completion: it alone decides that completion's draws, so the same seed
 *     replays it
 * @param started what earlier calls have sampled of each completion, in the order of the seeds; it
 *     is kept with its log-probs, and sampling goes on where it would have gone on without a break.
 *     Empty where all begin anew; a completion of no tokens begins anew
 * @param budget most tokens that this call adds to a completion; 0 sets no limit beside {@code
 *     max_new_tokens}, which counts all of a completion. One that the budget cuts off ends as
 *     {@code LENGTH} with fewer tokens than {@code max_new_tokens}
 * @param keep whether a completion that stops may be part of a later prompt, as a turn of a
 *     conversation is: its keys and values are kept while there is room for them
 */
public record GenerationRequest(
    int[] prompt, long[] seeds, List<Generation> started, int budget, boolean keep)
    implements Serializable {

  /** Completions that end with this call, or are started ones of a later one. */
  public GenerationRequest(int[] prompt, long[] seeds, List<Generation> started, int budget) {
    this(prompt, seeds, started, budget, false);
  }

  /** Checks that there is a prompt and something to sample. */
  public GenerationRequest {
    if (prompt.length == 0 || seeds.length == 0) {
      throw new IllegalArgumentException(
          String.format(
              "a request needs a prompt and at least one seed; had %s tokens and %s seeds",
              prompt.length, seeds.length));
    }
    if (!started.isEmpty() && started.size() != seeds.length) {
      throw new IllegalArgumentException(
          String.format(
              "started must be empty or have one completion for each of the %s seeds, had %s",
              seeds.length, started.size()));
    }
    if (budget < 0) {
      throw new IllegalArgumentException("budget must be >= 0, was " + budget);
    }
    started = List.copyOf(started);
  }

  /** Completions that begin anew, with no limit but {@code max_new_tokens}. */
  public GenerationRequest(int[] prompt, long[] seeds) {
    this(prompt, seeds, List.of(), 0);
  }

  /** This request for some of its completions. */
  GenerationRequest of(int[] samples) {
    return new GenerationRequest(
        prompt,
        Arrays.stream(samples).mapToLong(sample -> seeds[sample]).toArray(),
        started.isEmpty() ? started : Arrays.stream(samples).mapToObj(started::get).toList(),
        budget,
        keep);
  }

  /** The most tokens that completion {@code sample} may have after this call. */
  int limit(int sample, int maxNewTokens) {
    int from = startedLength(sample);
    return budget == 0 ? maxNewTokens : (int) Math.min(maxNewTokens, (long) from + budget);
  }

  /** Tokens that completion {@code sample} has already. */
  int startedLength(int sample) {
    return started.isEmpty() ? 0 : started.get(sample).tokens().length;
  }
}
