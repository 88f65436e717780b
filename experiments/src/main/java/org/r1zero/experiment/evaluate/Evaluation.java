package org.r1zero.experiment.evaluate;

import java.util.List;
import java.util.NavigableMap;
import org.r1zero.rollout.trace.RolloutTrace;

/**
 * What a policy achieves on held-out problems.
 *
 * @param problems how many
 * @param samples sampled completions per problem; 0 where only greedy ones were made
 * @param greedy pass@1 of greedy decoding
 * @param sampled pass@1 as the mean over samples; that of greedy where there are none
 * @param passAt unbiased pass@k by k: the powers of two up to {@code samples}, and that itself
 * @param meanLength tokens of a completion
 * @param truncated share of completions that the limit cut off
 * @param details all the rest
 * @param completions every completion, greedy ones first, each with sample number -1
 */
public record Evaluation(
    int problems,
    int samples,
    Interval greedy,
    Interval sampled,
    NavigableMap<Integer, Double> passAt,
    double meanLength,
    double truncated,
    EvaluationDetails details,
    List<EvaluatedSample> completions) {

  /** The completions as they were said and judged. */
  public List<RolloutTrace> traces() {
    return completions.stream().map(EvaluatedSample::trace).toList();
  }

  /**
   * The accuracy of completions alone: the same as {@link #sampled} of the whole.
   *
   * @param completions of at least one problem
   */
  public static Interval accuracy(List<EvaluatedSample> completions) {
    return new Analysis(completions).accuracy();
  }

  /**
   * From completions, such as those read from a file.
   *
   * @param completions of at least one problem
   * @param maxTokens what they were allowed
   */
  public static Evaluation of(List<EvaluatedSample> completions, int maxTokens) {
    Analysis analysis = new Analysis(completions);
    boolean votes = completions.stream().anyMatch(one -> one.vote() >= 0);
    boolean readability =
        completions.get(0).trace().verdicts().keySet().stream()
            .anyMatch(name -> name.startsWith(Judges.PREFIX));
    EvaluationDetails details = analysis.details(votes, readability, maxTokens);
    int samples = 1 + completions.stream().mapToInt(one -> one.trace().sample()).max().orElse(-1);
    java.util.TreeMap<Integer, Double> passAt = new java.util.TreeMap<>();
    details.passAt().forEach((k, interval) -> passAt.put(k, interval.mean()));
    return new Evaluation(
        (int) completions.stream().map(one -> one.trace().problem()).distinct().count(),
        samples,
        analysis.greedyAccuracy(),
        analysis.accuracy(),
        passAt,
        analysis.meanLength(),
        analysis.truncated(),
        details,
        List.copyOf(completions));
  }
}
