package org.r1zero.rollout.worker;

import java.util.List;
import org.r1zero.rollout.generation.GenerationRequest;

/**
 * What one generator call samples. How a step is cut into units is the recipe's business and never
 * depends on how many workers there are: so the same sequences share a call, and rollouts are the
 * same whoever samples them.
 *
 * @param requests prompts with their seeds
 */
public record WorkUnit(List<GenerationRequest> requests) {

  /** Checks that there is something to sample. */
  public WorkUnit {
    requests = List.copyOf(requests);
    if (requests.isEmpty()) {
      throw new IllegalArgumentException("a unit needs at least one request, had none");
    }
  }

  /** Completions to sample. */
  public int sequences() {
    return requests.stream().mapToInt(request -> request.seeds().length).sum();
  }
}
