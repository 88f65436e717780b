package org.r1zero.experiment.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.r1zero.experiment.config.EvaluationConfig;
import org.r1zero.rollout.PolicySampler;
import org.r1zero.rollout.RewardScorer;
import org.r1zero.rollout.SampledGroup;
import org.r1zero.rollout.generation.Generator;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.rollout.trace.RolloutTrace;
import org.r1zero.verify.FinishReason;
import org.r1zero.verify.Problem;
import org.r1zero.verify.reward.Reward;

/** Measures pass@1 and pass@k on problems that were not trained on. */
public final class Evaluator {
  private final EvaluationConfig config;
  private final SamplingConfig sampling;
  private final RewardScorer scorer;
  private final String accuracyVerifier;
  private final long seed;

  /**
   * Sets how to measure.
   *
   * @param accuracyVerifier the id of the verifier whose verdict counts as right
   * @param seed of samples and of the intervals' draws
   */
  public Evaluator(
      EvaluationConfig config,
      SamplingConfig sampling,
      RewardScorer scorer,
      String accuracyVerifier,
      long seed) {
    this.config = config;
    this.sampling = sampling;
    this.scorer = scorer;
    this.accuracyVerifier = accuracyVerifier;
    this.seed = seed;
  }

  /** Measures a policy on problems. */
  public Evaluation evaluate(
      PolicySampler sampler, List<Problem> problems, Generator.Progress progress) {
    Tally greedy = run(sampler, problems, 1, sampling.withTemperature(0), -1, progress);
    if (config.samples() == 0) {
      return report(problems.size(), greedy, greedy, 0);
    }
    SamplingConfig how = sampling.withTemperature(config.temperature());
    Tally sampled = run(sampler, problems, config.samples(), how, 0, progress);
    sampled.traces.addAll(0, greedy.traces);
    return report(problems.size(), greedy, sampled, config.samples());
  }

  private Evaluation report(int problems, Tally greedy, Tally sampled, int samples) {
    int n = Math.max(1, samples);
    NavigableMap<Integer, Double> passAt = new TreeMap<>();
    for (int k = 1; k < n; k *= 2) {
      passAt.put(k, passAtK(sampled.right, n, k));
    }
    passAt.put(n, passAtK(sampled.right, n, n));
    return new Evaluation(
        problems,
        samples,
        Interval.bootstrap(greedy.right, seed),
        Interval.bootstrap(sampled.right, seed),
        passAt,
        sampled.tokens / (double) sampled.completions,
        sampled.truncated / (double) sampled.completions,
        List.copyOf(sampled.traces));
  }

  private static double passAtK(double[] shares, int n, int k) {
    return Arrays.stream(shares)
        .map(share -> PassAtK.estimate(n, (int) Math.round(share * n), k))
        .average()
        .orElse(0);
  }

  private Tally run(
      PolicySampler sampler,
      List<Problem> problems,
      int count,
      SamplingConfig how,
      int firstSample,
      Generator.Progress progress) {
    List<SampledGroup> groups = sampler.sample(problems, count, how, seed, progress);
    List<List<Reward>> rewards = scorer.score(groups);
    Tally tally = new Tally(problems.size());
    for (int p = 0; p < groups.size(); p++) {
      SampledGroup group = groups.get(p);
      for (int i = 0; i < count; i++) {
        Reward reward = rewards.get(p).get(i);
        boolean right = reward.isCorrect(accuracyVerifier);
        tally.right[p] += right ? 1.0 / count : 0;
        tally.completions++;
        tally.tokens += group.completions().get(i).tokenCount();
        tally.truncated += group.completions().get(i).finishReason() == FinishReason.LENGTH ? 1 : 0;
        tally.traces.add(
            RolloutTrace.of(
                0,
                group.problem(),
                firstSample + i,
                group.prompt(),
                group.completions().get(i),
                reward));
      }
    }
    return tally;
  }

  /** Counts of one pass over the problems. */
  private static final class Tally {
    final double[] right;
    final List<RolloutTrace> traces = new ArrayList<>();
    long tokens;
    int completions;
    int truncated;

    Tally(int problems) {
      right = new double[problems];
    }
  }
}
