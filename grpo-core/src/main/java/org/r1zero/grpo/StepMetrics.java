package org.r1zero.grpo;

import java.util.Arrays;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.r1zero.grpo.data.Rollout;
import org.r1zero.grpo.data.RolloutGroup;
import org.r1zero.grpo.loss.LossMetrics;
import org.r1zero.grpo.torch.DeviceClock;

/**
 * Collects the numbers of a step, under TRL 1.16's names and with its meanings. Where TRL averages
 * over micro-batches, these are over the tokens or completions of whole updates: how an update is
 * split for memory changes no number.
 */
public final class StepMetrics {
  private final Map<String, Double> metrics = new TreeMap<>();
  private final SummaryStatistics gradNorms = new SummaryStatistics();
  private final DeviceClock clock;
  private final long started;
  private long trainingStarted;
  private double trainSeconds = Double.NaN;
  private long tokensSeen;
  private final LossMetrics means = new LossMetrics();
  private final Map<String, SummaryStatistics> extremes = new TreeMap<>();
  private LossMetrics update = new LossMetrics();
  private double loss;
  private double lossBefore;
  private double policyLoss;
  private double gapSum;
  private double gapMax;
  private double gapTokens;
  private long trainedTokens;
  private long attentionPlaces;
  private int updates;

  /**
   * Starts a step.
   *
   * @param tokensSeen in the steps before it
   * @param clock of the device that trains
   */
  public StepMetrics(long tokensSeen, DeviceClock clock) {
    this.tokensSeen = tokensSeen;
    this.clock = clock;
    this.started = clock.nanos();
    this.trainingStarted = started;
  }

  /** Sets a number under its name. */
  public void put(String name, double value) {
    metrics.put(name, value);
  }

  /** A number that was set; NaN where none was. */
  public double get(String name) {
    return metrics.getOrDefault(name, Double.NaN);
  }

  /** Adds to the tokens seen, prompts included. */
  public void addTokens(long tokens) {
    tokensSeen += tokens;
  }

  /** Tokens seen so far, in the steps before too. */
  long tokensSeen() {
    return tokensSeen;
  }

  /** Adds what the step's rollouts are like; training begins when they are there. */
  void addRollouts(RolloutBatch batch) {
    startTraining();
    addTokens(batch.tokenCount());
    metrics.putAll(batch.metrics());
    List<RolloutGroup> groups = batch.groups();
    double[] rewards = groups.stream().flatMapToDouble(g -> Arrays.stream(g.rewards())).toArray();
    double[] deviations =
        groups.stream().mapToDouble(g -> Math.sqrt(StatUtils.variance(g.rewards()))).toArray();
    metrics.put("reward", StatUtils.mean(rewards));
    metrics.put("reward_std", Math.sqrt(StatUtils.variance(rewards)));
    metrics.put(
        "frac_reward_zero_std",
        Arrays.stream(deviations).filter(d -> d <= 1e-8).count() / (double) deviations.length);
    List<Rollout> rollouts = groups.stream().flatMap(g -> g.rollouts().stream()).toList();
    List<Rollout> terminated = rollouts.stream().filter(r -> !r.truncated()).toList();
    addLengths("length", rollouts);
    addLengths("terminated_length", terminated);
    metrics.put("completions/clipped_ratio", 1 - terminated.size() / (double) rollouts.size());
  }

  /** Of no rollouts at all the lengths are 0, as in TRL. */
  private void addLengths(String name, List<Rollout> rollouts) {
    IntSummaryStatistics lengths =
        rollouts.stream().mapToInt(r -> r.tokens().length).summaryStatistics();
    boolean none = rollouts.isEmpty();
    metrics.put("completions/mean_" + name, lengths.getAverage());
    metrics.put("completions/min_" + name, none ? 0.0 : lengths.getMin());
    metrics.put("completions/max_" + name, none ? 0.0 : lengths.getMax());
  }

  /** Adds what was taken off the rewards, as a mean over tokens. */
  void addKlInReward(double klSum, long tokens) {
    metrics.put("kl", klSum / Math.max(1, tokens));
  }

  /** Adds a part's share of an update's loss, and what else was measured of it. */
  void addLoss(double share, LossMetrics numbers) {
    loss += share;
    update.add(numbers);
  }

  /** Adds what was computed of a part of the update at hand. */
  void add(PartReport part) {
    addSamplingGap(part.sampled(), part.trained());
    policyLoss += part.policyLoss();
    addLoss(part.loss(), part.numbers());
    trainedTokens += part.rows();
    attentionPlaces += part.places();
  }

  /**
   * Adds how far sampling and training are apart. Only before the first update do they hold the
   * same weights.
   *
   * @param sampled NaN where unknown
   */
  void addSamplingGap(float[] sampled, float[] trained) {
    for (int i = 0; i < sampled.length && updates == 0; i++) {
      double gap = Math.abs(sampled[i] - trained[i]);
      if (!Double.isNaN(sampled[i])) {
        gapSum += gap;
        gapMax = Math.max(gapMax, gap);
        gapTokens++;
      }
    }
  }

  /** The loss of the update at hand; what was added since the last one. */
  double updateLoss() {
    return loss - lossBefore;
  }

  /** Mean gap of log-probs between sampling and training; NaN after the first update. */
  double samplingGap() {
    return updates == 0 ? gapSum / gapTokens : Double.NaN;
  }

  void addUpdate(double gradNorm, double learningRate) {
    gradNorms.addValue(gradNorm);
    metrics.put("learning_rate", learningRate);
    lossBefore = loss;
    means.addMeans(update);
    update
        .extremes()
        .forEach((n, v) -> extremes.computeIfAbsent(n, k -> new SummaryStatistics()).addValue(v));
    update = new LossMetrics();
    updates++;
  }

  /** Starts the time of training; what came before it in the step was something else. */
  public void startTraining() {
    trainingStarted = clock.nanos();
  }

  /** Ends the time of training; what follows in the step is something else. */
  public void endTraining() {
    trainSeconds = clock.secondsSince(trainingStarted);
  }

  /** All numbers by name. */
  Map<String, Double> finish() {
    if (Double.isNaN(trainSeconds)) {
      endTraining();
    }
    metrics.put("loss", loss / updates);
    if (metrics.containsKey("entropy_coef")) {
      metrics.put("policy_loss", policyLoss / updates);
    }
    metrics.putAll(means.means());
    extremes.forEach((name, values) -> metrics.put(name, values.getMean()));
    metrics.put("grad_norm", gradNorms.getMean());
    metrics.put("num_tokens", (double) tokensSeen);
    if (gapTokens > 0) {
      metrics.put("sampling/sampling_logp_difference/mean", gapSum / gapTokens);
      metrics.put("sampling/sampling_logp_difference/max", gapMax);
    }
    // of attention's rectangles; nothing else computes padding
    metrics.put("padding_ratio", 1 - trainedTokens / (double) attentionPlaces);
    metrics.put("time/train", trainSeconds);
    metrics.put("tokens_per_second/train", trainedTokens / trainSeconds);
    metrics.put("step_time", clock.secondsSince(started));
    return metrics;
  }
}
