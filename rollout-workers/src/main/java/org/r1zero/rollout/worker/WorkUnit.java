package org.r1zero.rollout.worker;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.r1zero.rollout.generation.GenerationRequest;
import org.r1zero.verify.Problem;

/**
 * What one generator call samples. How a call is cut into units is the recipe's business and never
 * depends on how many workers there are: so the same sequences share a call, and rollouts are the
 * same whoever samples them.
 *
 * @param first the index of its first request among all of the call
 * @param requests prompts with their seeds
 * @param problems what each request asks, for rewards where it is sampled; empty where nothing is
 *     judged there
 */
public record WorkUnit(int first, List<GenerationRequest> requests, List<Problem> problems)
    implements Serializable {

  /** Checks that there is something to sample. */
  public WorkUnit {
    requests = List.copyOf(requests);
    problems = List.copyOf(problems);
    if (!problems.isEmpty() && problems.size() != requests.size()) {
      throw new IllegalArgumentException(
          requests.size() + " requests need as many problems, had " + problems.size());
    }
    if (requests.isEmpty()) {
      throw new IllegalArgumentException("a unit needs at least one request, had none");
    }
  }

  /**
   * Cuts requests into units, in their order; the last one has what is left.
   *
   * @param problems fewest requests of a unit; 0 makes one unit of all
   * @param sequences fewest completions of a unit: a batch that is to stay full needs several times
   *     its size; 0 cuts by requests alone
   */
  public static List<WorkUnit> cut(List<GenerationRequest> requests, int problems, long sequences) {
    return cut(requests, List.of(), problems, sequences);
  }

  /**
   * The same for requests whose completions are judged where they are sampled.
   *
   * @param asked the problem of each request, or none
   */
  public static List<WorkUnit> cut(
      List<GenerationRequest> requests, List<Problem> asked, int problems, long sequences) {
    List<WorkUnit> units = new ArrayList<>();
    int first = 0;
    long open = 0;
    for (int i = 0; i < requests.size(); i++) {
      open += requests.get(i).seeds().length;
      boolean full = problems > 0 && i + 1 - first >= problems && open >= sequences;
      if (full || i == requests.size() - 1) {
        units.add(
            new WorkUnit(
                first,
                requests.subList(first, i + 1),
                asked.isEmpty() ? List.of() : asked.subList(first, i + 1)));
        first = i + 1;
        open = 0;
      }
    }
    return units;
  }

  /** Completions to sample. */
  public int sequences() {
    return requests.stream().mapToInt(request -> request.seeds().length).sum();
  }
}
