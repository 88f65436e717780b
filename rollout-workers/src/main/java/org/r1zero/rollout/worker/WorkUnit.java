package org.r1zero.rollout.worker;

import java.util.List;
import org.r1zero.rollout.generation.GenerationRequest;

/**
 * What one generator call samples. How a step is cut into units is the recipe's business and never
 * depends on how many workers there are: so the same sequences share a call, and rollouts are the
 * same whoever samples them.
 *
 * @param requests prompts with their seeds
 * @param maxNewTokens completions of this unit are cut off at so many tokens, those that they began
 *     with included
 */
public record WorkUnit(List<GenerationRequest> requests, int maxNewTokens) {

  /** Checks that there is something to sample. */
  public WorkUnit {
    requests = List.copyOf(requests);
    if (requests.isEmpty() || maxNewTokens < 1) {
      throw new IllegalArgumentException(
          "a unit needs requests and a limit of at least one token; had "
              + requests.size()
              + " requests and the limit "
              + maxNewTokens);
    }
  }

  /** Completions to sample. */
  public int sequences() {
    return requests.stream().mapToInt(request -> request.seeds().length).sum();
  }
}
