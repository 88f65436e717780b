package org.r1zero.coldstart.curate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Chooses traces: what verifiers let through, is not a near-duplicate, shares no run of words with
 * an evaluation set, and is balanced over problems and difficulties.
 */
public final class Curator {
  private final CurationConfig config;
  private final Collection<String> evaluation;
  private final long seed;

  /**
   * Sets the rules.
   *
   * @param evaluation questions that must not occur
   * @param seed of the order in which traces are taken
   */
  public Curator(CurationConfig config, Collection<String> evaluation, long seed) {
    this.config = config;
    this.evaluation = evaluation;
    this.seed = seed;
  }

  /**
   * What was chosen.
   *
   * @param examples in the order in which they were taken
   * @param left how many traces were left after each filter, in order; the first is how many there
   *     were
   */
  public record Selection(List<Example> examples, Map<String, Integer> left) {}

  /** Chooses among traces. */
  public Selection choose(List<Candidate> traces) {
    Map<String, Integer> left = new LinkedHashMap<>();
    left.put("read", traces.size());
    List<Candidate> rest = new ArrayList<>(traces);
    List<String> filters =
        traces.isEmpty() ? List.of() : List.copyOf(traces.get(0).passed().keySet());
    for (String filter : filters) {
      rest.removeIf(trace -> !trace.passed().getOrDefault(filter, false));
      left.put(filter, rest.size());
    }
    if (config.decontaminateNgram() > 0) {
      Decontaminator overlap = new Decontaminator(evaluation, config.decontaminateNgram());
      rest.removeIf(overlap::overlaps);
      left.put("decontaminated", rest.size());
    }
    Collections.shuffle(rest, new Random(seed));
    if (config.nearDuplicate() > 0) {
      NearDuplicates seen = new NearDuplicates(config.nearDuplicate(), seed);
      rest.removeIf(trace -> !seen.addIfNew(trace.question() + " " + trace.example().completion()));
      left.put("near_duplicates", rest.size());
    }
    Map<String, Integer> perProblem = new HashMap<>();
    rest.removeIf(
        trace -> perProblem.merge(problem(trace), 1, Integer::sum) > config.maxPerProblem());
    left.put("balanced_by_problem", rest.size());
    List<Example> chosen = byDifficulty(rest);
    left.put("balanced_by_difficulty", chosen.size());
    return new Selection(chosen, left);
  }

  private static String problem(Candidate trace) {
    String id = trace.example().problem();
    return id.isEmpty() ? trace.question() : id;
  }

  /** Takes from each difficulty in turn until the target is reached or nothing is left. */
  private List<Example> byDifficulty(List<Candidate> traces) {
    int target = config.target() == 0 ? traces.size() : Math.min(config.target(), traces.size());
    Map<Integer, Deque<Example>> byDifficulty = new TreeMap<>();
    for (Candidate trace : traces) {
      byDifficulty
          .computeIfAbsent(trace.example().difficulty(), k -> new ArrayDeque<>())
          .add(trace.example());
    }
    List<Example> chosen = new ArrayList<>();
    while (chosen.size() < target) {
      for (Deque<Example> queue : byDifficulty.values()) {
        Example next = queue.poll();
        if (next != null && chosen.size() < target) {
          chosen.add(next);
        }
      }
    }
    return chosen;
  }
}
