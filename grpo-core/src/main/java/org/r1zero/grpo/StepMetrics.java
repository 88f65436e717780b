package org.r1zero.grpo;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.r1zero.grpo.data.MicroBatch;
import org.r1zero.grpo.data.Rollout;
import org.r1zero.grpo.data.RolloutGroup;
import org.r1zero.grpo.loss.LossOutput;
import org.r1zero.grpo.model.TokenLogProbs;

/** Collects the numbers of a step. */
final class StepMetrics {
  private final Map<String, Double> metrics = new TreeMap<>();
  private final SummaryStatistics gradNorms = new SummaryStatistics();
  private final long started = System.nanoTime();
  private double trainSeconds;
  private double loss;
  private double tokens;
  private double klSum;
  private double entropySum;
  private double clippedLow;
  private double clippedHigh;
  private double gapSum;
  private double gapMax;
  private double gapTokens;
  private long trainedTokens;
  private int updates;

  StepMetrics(RolloutBatch batch) {
    metrics.putAll(batch.metrics());
    List<RolloutGroup> groups = batch.groups();
    double[] rewards = groups.stream().flatMapToDouble(g -> Arrays.stream(g.rewards())).toArray();
    double[] deviations =
        groups.stream().mapToDouble(g -> Math.sqrt(StatUtils.variance(g.rewards()))).toArray();
    metrics.put("reward", StatUtils.mean(rewards));
    metrics.put("reward_std", StatUtils.mean(deviations));
    metrics.put(
        "frac_reward_zero_std",
        Arrays.stream(deviations).filter(d -> d < 1e-9).count() / (double) deviations.length);
    List<Rollout> rollouts = groups.stream().flatMap(g -> g.rollouts().stream()).toList();
    double[] lengths = rollouts.stream().mapToDouble(r -> r.tokens().length).toArray();
    metrics.put("completions/mean_length", StatUtils.mean(lengths));
    metrics.put("completions/min_length", StatUtils.min(lengths));
    metrics.put("completions/max_length", StatUtils.max(lengths));
    metrics.put(
        "completions/clipped_ratio",
        rollouts.stream().filter(Rollout::truncated).count() / (double) rollouts.size());
  }

  /** Adds a part of an update. */
  void add(MicroBatch micro, TokenLogProbs current, LossOutput output) {
    loss += output.loss();
    tokens += output.tokens();
    klSum += output.klSum();
    clippedLow += output.clippedLow();
    clippedHigh += output.clippedHigh();
    trainedTokens += micro.tokens().rowCount();
    for (float entropy : current.entropies()) {
      entropySum += entropy;
    }
    if (updates == 0) {
      addSamplingGap(micro.policyLogProbs(), current.values());
    }
  }

  /** Only before the first update do sampler and trainer hold the same weights. */
  private void addSamplingGap(float[] sampled, float[] trained) {
    for (int i = 0; i < sampled.length; i++) {
      double gap = Math.abs(sampled[i] - trained[i]);
      gapSum += gap;
      gapMax = Math.max(gapMax, gap);
    }
    gapTokens += sampled.length;
  }

  void addUpdate(double gradNorm, double learningRate) {
    gradNorms.addValue(gradNorm);
    metrics.put("learning_rate", learningRate);
    updates++;
  }

  void addTrainSeconds(double seconds) {
    trainSeconds += seconds;
  }

  StepReport finish(long step, boolean withReference) {
    metrics.put("loss", loss / updates);
    metrics.put("entropy", entropySum / tokens);
    metrics.put("clip_ratio/low_mean", clippedLow / tokens);
    metrics.put("clip_ratio/high_mean", clippedHigh / tokens);
    metrics.put("clip_ratio/region_mean", (clippedLow + clippedHigh) / tokens);
    metrics.put("grad_norm", gradNorms.getMean());
    if (withReference) {
      metrics.put("kl", klSum / tokens);
    }
    metrics.put("sampling/sampling_logp_difference/mean", gapSum / gapTokens);
    metrics.put("sampling/sampling_logp_difference/max", gapMax);
    metrics.put("time/train", trainSeconds);
    metrics.put("tokens_per_second/train", trainedTokens / trainSeconds);
    double stepTime =
        (System.nanoTime() - started) / 1e9 + metrics.getOrDefault("time/rollout", 0.0);
    metrics.put("step_time", stepTime);
    return new StepReport(step, metrics);
  }
}
