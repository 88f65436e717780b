package org.r1zero.experiment.evaluate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.r1zero.experiment.evaluate.EvaluationDetails.BudgetPoint;
import org.r1zero.experiment.evaluate.EvaluationDetails.DifficultyRow;
import org.r1zero.experiment.evaluate.EvaluationDetails.Readability;
import org.r1zero.rollout.trace.RolloutTrace;

/** From the completions of an evaluation to its numbers: nothing else goes in, nothing is drawn. */
final class Analysis {
  private static final int SMALLEST_BUDGET = 8;
  private final Map<String, List<EvaluatedSample>> greedy = new LinkedHashMap<>();
  private final Map<String, List<EvaluatedSample>> sampled = new LinkedHashMap<>();

  /** Groups completions by problem. */
  Analysis(List<EvaluatedSample> completions) {
    for (EvaluatedSample one : completions) {
      (one.isGreedy() ? greedy : sampled)
          .computeIfAbsent(one.trace().problem(), p -> new ArrayList<>())
          .add(one);
    }
  }

  /** Sampled completions where there are any, otherwise the greedy ones. */
  private Map<String, List<EvaluatedSample>> main() {
    return sampled.isEmpty() ? greedy : sampled;
  }

  Interval greedyAccuracy() {
    return rate(greedy, EvaluatedSample::right);
  }

  Interval accuracy() {
    return rate(main(), EvaluatedSample::right);
  }

  double meanLength() {
    return main().values().stream()
        .flatMap(List::stream)
        .mapToInt(one -> one.trace().tokens())
        .average()
        .orElse(0);
  }

  double truncated() {
    return main().values().stream()
        .flatMap(List::stream)
        .mapToInt(one -> one.isTruncated() ? 1 : 0)
        .average()
        .orElse(0);
  }

  /**
   * All the rest.
   *
   * @param maxTokens what completions were allowed
   */
  EvaluationDetails details(boolean votes, boolean readability, int maxTokens) {
    return new EvaluationDetails(
        passAt(),
        votes ? consAt() : new TreeMap<>(),
        votes ? ofGroups(main(), group -> vote(group).isTied() ? 1 : 0).mean() : 0,
        byDifficulty(),
        readability ? readability() : null,
        new SelfCheckSummary(main()).rates(),
        budgets(maxTokens));
  }

  private Set<Integer> sampleCounts() {
    int n = main().values().stream().mapToInt(List::size).min().orElse(1);
    Set<Integer> counts = new TreeSet<>();
    for (int k = 1; k < n; k *= 2) {
      counts.add(k);
    }
    counts.add(n);
    return counts;
  }

  private NavigableMap<Integer, Interval> passAt() {
    NavigableMap<Integer, Interval> passAt = new TreeMap<>();
    for (int k : sampleCounts()) {
      passAt.put(k, ofGroups(main(), group -> passAt(group, k)));
    }
    return passAt;
  }

  private static double passAt(List<EvaluatedSample> group, int k) {
    int right = (int) group.stream().filter(EvaluatedSample::right).count();
    return PassAtK.estimate(group.size(), right, k);
  }

  /** {@code [problem]}, in the order of ids, as the next two. */
  double[] passAtOfProblems(int k) {
    return ofProblems(group -> passAt(group, k));
  }

  double[] consAtOfProblems(int k) {
    return ofProblems(group -> vote(group).at(k));
  }

  double[] budgetOfProblems(int tokens, int maxTokens) {
    return ofProblems(
        group ->
            group.stream()
                .mapToInt(one -> one.right() && counts(one, tokens, maxTokens) ? 1 : 0)
                .average()
                .orElse(0));
  }

  private double[] ofProblems(ToDoubleFunction<List<EvaluatedSample>> value) {
    return new TreeMap<>(main()).values().stream().mapToDouble(value).toArray();
  }

  private NavigableMap<Integer, Interval> consAt() {
    NavigableMap<Integer, Interval> consAt = new TreeMap<>();
    for (int k : sampleCounts()) {
      consAt.put(k, ofGroups(main(), group -> vote(group).at(k)));
    }
    return consAt;
  }

  private static MajorityVote vote(List<EvaluatedSample> group) {
    int[] votes = group.stream().mapToInt(EvaluatedSample::vote).toArray();
    boolean[] right = new boolean[votes.length];
    for (int i = 0; i < right.length; i++) {
      right[i] = group.get(i).right();
    }
    return new MajorityVote(votes, right);
  }

  private List<DifficultyRow> byDifficulty() {
    Set<String> names = new TreeSet<>(naturally());
    main().values().forEach(group -> names.add(group.get(0).difficulty()));
    names.remove("");
    List<DifficultyRow> rows = new ArrayList<>();
    for (String name : names) {
      Map<String, List<EvaluatedSample>> of = only(main(), name);
      Map<String, List<EvaluatedSample>> ofGreedy = only(greedy, name);
      Interval accuracy = rate(of, EvaluatedSample::right);
      rows.add(
          new DifficultyRow(
              name,
              of.size(),
              ofGreedy.isEmpty() ? accuracy : rate(ofGreedy, EvaluatedSample::right),
              accuracy));
    }
    return rows;
  }

  /** 2 before 10. */
  private static Comparator<String> naturally() {
    return Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder());
  }

  private static Map<String, List<EvaluatedSample>> only(
      Map<String, List<EvaluatedSample>> groups, String difficulty) {
    Map<String, List<EvaluatedSample>> kept = new LinkedHashMap<>();
    groups.forEach(
        (problem, group) -> {
          if (group.get(0).difficulty().equals(difficulty)) {
            kept.put(problem, group);
          }
        });
    return kept;
  }

  private Readability readability() {
    return new Readability(
        rate(main(), one -> !one.passes("language")),
        share(main(), one -> score(one, "language")),
        rate(main(), one -> !one.passes("repetition")),
        rate(main(), one -> one.passes("format")),
        rate(main(), EvaluatedSample::isTruncated),
        Interval.ofMeans(ofProblems(group -> average(group, one -> one.trace().tokens()))),
        rate(main(), EvaluatedSample::isReadable));
  }

  private static double score(EvaluatedSample one, String name) {
    RolloutTrace.VerdictTrace verdict = one.trace().verdicts().get(Judges.PREFIX + name);
    return verdict == null ? 0 : verdict.score();
  }

  private List<BudgetPoint> budgets(int maxTokens) {
    Set<Integer> allowed = new TreeSet<>();
    for (int tokens = maxTokens; tokens >= SMALLEST_BUDGET; tokens /= 2) {
      allowed.add(tokens);
      allowed.add(Math.max(SMALLEST_BUDGET, tokens * 3 / 4));
    }
    List<BudgetPoint> points = new ArrayList<>();
    for (int tokens : allowed) {
      points.add(
          new BudgetPoint(
              tokens,
              rate(main(), one -> one.right() && counts(one, tokens, maxTokens)),
              rate(main(), one -> isFinished(one, tokens)).mean()));
    }
    return points;
  }

  private static boolean isFinished(EvaluatedSample one, int tokens) {
    return !one.isTruncated() && one.trace().tokens() <= tokens;
  }

  /** At the full budget a completion that was cut off may have its answer already. */
  private static boolean counts(EvaluatedSample one, int tokens, int maxTokens) {
    return tokens == maxTokens || isFinished(one, tokens);
  }

  private Interval rate(
      Map<String, List<EvaluatedSample>> groups, Predicate<EvaluatedSample> counts) {
    return share(groups, one -> counts.test(one) ? 1 : 0);
  }

  /** The interval over problems of the mean over each problem's completions, each from 0 to 1. */
  static Interval share(
      Map<String, List<EvaluatedSample>> groups, ToDoubleFunction<EvaluatedSample> value) {
    return ofGroups(groups, group -> average(group, value));
  }

  /** The interval over problems of a share of each problem. */
  private static Interval ofGroups(
      Map<String, List<EvaluatedSample>> groups, ToDoubleFunction<List<EvaluatedSample>> value) {
    int completions = groups.values().stream().mapToInt(List::size).sum();
    return Interval.ofShares(
        groups.values().stream().mapToDouble(value).toArray(),
        completions / Math.max(1, groups.size()));
  }

  private static double average(
      List<EvaluatedSample> group, ToDoubleFunction<EvaluatedSample> value) {
    return group.stream().mapToDouble(value).average().orElse(0);
  }
}
