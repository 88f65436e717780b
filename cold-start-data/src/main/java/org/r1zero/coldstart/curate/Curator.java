package org.r1zero.coldstart.curate;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.r1zero.coldstart.records.BadRecord;

/**
 * Chooses traces: what verifiers let through, is not a near-duplicate, shares no run of words with
 * an evaluation set, and is balanced over problems and difficulties. All traces are in memory; a
 * {@link DataEngine} chooses the same ones on many machines.
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
   * Reads files, and chooses.
   *
   * @throws IllegalArgumentException if a file is missing, is of no known kind, or has too many bad
   *     records
   */
  public static Selection choose(Curation curation) throws IOException {
    List<Candidate> traces = new ArrayList<>();
    List<BadRecord> bad = new ArrayList<>();
    for (Path file : curation.files()) {
      bad.addAll(
          ExampleFiles.each(
              file, curation.maxBad(), record -> traces.add(curation.judge().read(record))));
    }
    Selection chosen =
        new Curator(curation.config(), curation.evaluation(), curation.seed())
            .choose(curation.judge().filters(), curation.judge().accuracy(), traces);
    return new Selection(chosen.examples(), chosen.left(), bad, chosen.forget());
  }

  /** Chooses among traces, whose filters are those of the first one; that says what is right. */
  public Selection choose(List<Candidate> traces) {
    List<String> verdicts =
        traces.isEmpty() ? List.of() : List.copyOf(traces.get(0).passed().keySet());
    return choose(verdicts, verdicts.isEmpty() ? "" : verdicts.get(0), traces);
  }

  private Selection choose(List<String> verdicts, String accuracy, List<Candidate> traces) {
    TraceSieve sieve = new TraceSieve(verdicts, config, evaluation, seed);
    Map<String, PassRate> rates = new HashMap<>();
    int[] passed = new int[verdicts.size() + 1];
    List<Candidate> whole = new ArrayList<>();
    for (Candidate trace : traces) {
      PassRate rate = rates.computeIfAbsent(trace.asked(), k -> new PassRate());
      rate.all++;
      rate.right += trace.passed().getOrDefault(accuracy, false) ? 1 : 0;
      if (trace.example() != null) {
        int count = sieve.passed(trace);
        passed[count]++;
        if (count == verdicts.size()) {
          whole.add(trace);
        }
      }
    }
    Map<String, Integer> left = left(verdicts, passed);
    if (config.limitsPassRate()) {
      whole.removeIf(
          trace -> {
            PassRate rate = rates.getOrDefault(trace.asked(), new PassRate());
            return !config.allowsPassRate(rate.right, rate.all);
          });
      left.put(TraceSieve.PASS_RATE, whole.size());
    }
    if (config.decontaminateNgram() > 0) {
      whole.removeIf(trace -> !sieve.isClean(trace));
      left.put(TraceSieve.DECONTAMINATED, whole.size());
    }
    List<Ranked> rest = ranked(whole, sieve);
    if (config.nearDuplicate() > 0) {
      NearDuplicates seen = new NearDuplicates(config.nearDuplicate(), seed);
      rest.removeIf(
          trace -> !seen.addIfNew(TraceSieve.compared(trace.example(), trace.question())));
      left.put(TraceSieve.NEAR_DUPLICATES, rest.size());
    }
    Map<String, Integer> perProblem = new HashMap<>();
    rest.removeIf(
        trace ->
            perProblem.merge(TraceSieve.problem(trace.example(), trace.question()), 1, Integer::sum)
                > config.maxPerProblem());
    left.put(TraceSieve.BY_PROBLEM, rest.size());
    List<Example> chosen = byDifficulty(rest.stream().map(Ranked::example).toList());
    left.put(TraceSieve.BY_DIFFICULTY, chosen.size());
    return new Selection(chosen, left, List.of(), () -> {});
  }

  private static final class PassRate {
    private long right;
    private long all;
  }

  private record Ranked(Example example, String question, long rank) {}

  private static List<Ranked> ranked(List<Candidate> traces, TraceSieve sieve) {
    List<Ranked> ranked = new ArrayList<>();
    for (Candidate trace : traces) {
      Example example = trace.example();
      if (example != null) {
        ranked.add(new Ranked(example, trace.question(), sieve.rank(example, trace.question())));
      }
    }
    ranked.sort(Comparator.comparingLong(Ranked::rank));
    return ranked;
  }

  /**
   * How many traces were left after each filter.
   *
   * @param passed how many traces passed so many filters and no more
   */
  public static Map<String, Integer> left(List<String> filters, int[] passed) {
    int rest = 0;
    for (int count : passed) {
      rest += count;
    }
    Map<String, Integer> left = new LinkedHashMap<>();
    left.put(TraceSieve.READ, rest);
    for (int f = 0; f < filters.size(); f++) {
      rest -= passed[f];
      left.put(filters.get(f), rest);
    }
    return left;
  }

  /** Takes from each difficulty in turn until the target is reached or nothing is left. */
  private List<Example> byDifficulty(List<Example> traces) {
    int target = config.target() == 0 ? traces.size() : Math.min(config.target(), traces.size());
    Map<Integer, Deque<Example>> byDifficulty = new TreeMap<>();
    for (Example trace : traces) {
      byDifficulty.computeIfAbsent(trace.difficulty(), k -> new ArrayDeque<>()).add(trace);
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
