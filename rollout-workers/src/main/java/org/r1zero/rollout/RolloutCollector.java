package org.r1zero.rollout;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.r1zero.grpo.RolloutBatch;
import org.r1zero.grpo.RolloutSource;
import org.r1zero.grpo.data.Rollout;
import org.r1zero.grpo.data.RolloutGroup;
import org.r1zero.rollout.generation.Draws;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.generation.Generator;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.rollout.trace.RolloutTrace;
import org.r1zero.rollout.trace.TraceSink;
import org.r1zero.verify.FinishReason;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.reward.Reward;

/** From problems to scored groups: what the trainer calls once a step. */
public final class RolloutCollector implements RolloutSource {
  private final RolloutConfig config;
  private final SamplingConfig sampling;
  private final ProblemSource problems;
  private final PolicySampler sampler;
  private final RewardScorer scorer;
  private final TraceSink traces;
  private final Generator.Progress progress;

  /**
   * How much to collect.
   *
   * @param problemsPerStep groups a step
   * @param numGenerations rollouts a group
   * @param seed decides every draw
   */
  public record RolloutConfig(int problemsPerStep, int numGenerations, long seed) {}

  /** Puts the parts together. */
  public RolloutCollector(
      RolloutConfig config,
      SamplingConfig sampling,
      ProblemSource problems,
      PolicySampler sampler,
      RewardScorer scorer,
      TraceSink traces,
      Generator.Progress progress) {
    this.config = config;
    this.sampling = sampling;
    this.problems = problems;
    this.sampler = sampler;
    this.scorer = scorer;
    this.traces = traces;
    this.progress = progress;
  }

  @Override
  public RolloutBatch collect(long step, long policyVersion) {
    long started = System.nanoTime();
    List<Problem> asked = problems.problems(step, config.problemsPerStep());
    RewardScorer.Batch scoring = scorer.open(asked);
    List<SampledGroup> sampled =
        sampler.sample(
            asked,
            config.numGenerations(),
            sampling,
            Draws.seed(config.seed(), step),
            progress,
            scoring::submit);
    long generated = System.nanoTime();
    List<List<Reward>> rewards = scoring.rewards();
    long scored = System.nanoTime();
    List<RolloutGroup> groups = new ArrayList<>();
    for (int g = 0; g < sampled.size(); g++) {
      groups.add(group(sampled.get(g), rewards.get(g), policyVersion));
    }
    traces.accept(step, traces(step, sampled, rewards));
    Map<String, Double> metrics = verdictMetrics(rewards);
    double seconds = (generated - started) / 1e9;
    long tokens =
        sampled.stream()
            .flatMap(group -> group.generations().stream())
            .mapToLong(generation -> generation.tokens().length)
            .sum();
    metrics.put("time/rollout", seconds);
    metrics.put("time/score", (scored - generated) / 1e9);
    metrics.put("tokens_per_second/rollout", tokens / seconds);
    return new RolloutBatch(groups, metrics);
  }

  private static RolloutGroup group(SampledGroup sampled, List<Reward> rewards, long version) {
    List<Rollout> rollouts = new ArrayList<>();
    for (int i = 0; i < rewards.size(); i++) {
      Generation generation = sampled.generations().get(i);
      rollouts.add(
          new Rollout(
              generation.tokens(),
              generation.samplingLogProbs(),
              generation.policyLogProbs(),
              rewards.get(i).total(),
              rewards.get(i).verdicts().values().stream().mapToDouble(Verdict::score).toArray(),
              generation.finishReason() == FinishReason.LENGTH,
              version));
    }
    return new RolloutGroup(sampled.problem().id(), sampled.promptTokens(), rollouts);
  }

  private static List<RolloutTrace> traces(
      long step, List<SampledGroup> sampled, List<List<Reward>> rewards) {
    List<RolloutTrace> traces = new ArrayList<>();
    for (int g = 0; g < sampled.size(); g++) {
      SampledGroup group = sampled.get(g);
      for (int i = 0; i < group.completions().size(); i++) {
        traces.add(
            RolloutTrace.of(
                step,
                group.problem(),
                i,
                group.prompt(),
                group.completions().get(i),
                rewards.get(g).get(i)));
      }
    }
    return traces;
  }

  /** Mean and deviation of each verifier's score, and the share that it found right. */
  private static Map<String, Double> verdictMetrics(List<List<Reward>> rewards) {
    Map<String, SummaryStatistics> scores = new TreeMap<>();
    Map<String, SummaryStatistics> right = new TreeMap<>();
    double failed = 0;
    double count = 0;
    for (List<Reward> group : rewards) {
      for (Reward reward : group) {
        boolean anyFailed = false;
        for (Map.Entry<String, Verdict> entry : reward.verdicts().entrySet()) {
          Outcome outcome = entry.getValue().outcome();
          String id = entry.getKey();
          scores
              .computeIfAbsent(id, k -> new SummaryStatistics())
              .addValue(entry.getValue().score());
          right
              .computeIfAbsent(id, k -> new SummaryStatistics())
              .addValue(outcome == Outcome.CORRECT ? 1 : 0);
          anyFailed |= outcome.isFailure();
        }
        failed += anyFailed ? 1 : 0;
        count++;
      }
    }
    Map<String, Double> metrics = new TreeMap<>();
    scores.forEach(
        (id, s) -> {
          metrics.put("rewards/" + id + "/mean", s.getMean());
          metrics.put("rewards/" + id + "/std", s.getStandardDeviation());
        });
    right.forEach((id, s) -> metrics.put("rewards/" + id + "/correct", s.getMean()));
    metrics.put("rewards/failed_ratio", failed / count);
    return metrics;
  }
}
