package org.r1zero.coldstart.sft;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.TokenBatch;
import org.r1zero.grpo.model.TokenLogProbs;
import org.r1zero.grpo.optim.AdamW;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;

/** Supervised training: the mean negative log-likelihood of completion tokens, minimised. */
public final class SftTrainer {
  private final SftConfig config;
  private final PolicyModel policy;
  private final AdamW optimizer;

  /** Hears of each update. */
  public interface Listener {
    /**
     * Called after an update.
     *
     * @param step counts from 0
     * @param loss mean over the update's completion tokens, in nats
     * @param gradNorm before clipping
     * @param tokens completion tokens of the update
     */
    void updated(long step, double loss, double gradNorm, int tokens);
  }

  /** Trains {@code policy} in place. */
  public SftTrainer(SftConfig config, PolicyModel policy, AdamW optimizer) {
    this.config = config;
    this.policy = policy;
    this.optimizer = optimizer;
  }

  /** Trains for the configured number of updates. */
  public void train(Supplier<SftExample> examples, Listener listener) {
    for (long step = 0; step < config.maxSteps(); step++) {
      List<SftExample> batch = new ArrayList<>();
      for (int i = 0; i < config.batchSize(); i++) {
        batch.add(examples.get());
      }
      int tokens = batch.stream().mapToInt(e -> e.completion().length).sum();
      double loss = 0;
      for (List<SftExample> micro : split(batch)) {
        loss += accumulateGradient(micro, tokens);
      }
      double gradNorm = optimizer.step(config.optimizer().rateAt(step, config.maxSteps()));
      listener.updated(step, loss, gradNorm, tokens);
    }
  }

  /**
   * One update.
   *
   * @param rate the learning rate
   * @return the numbers before the update, and the gradient's norm before clipping
   */
  Update update(List<SftExample> batch, double rate) {
    int tokens = batch.stream().mapToInt(e -> e.completion().length).sum();
    SftNumbers sum = SftNumbers.NONE;
    for (List<SftExample> micro : split(batch)) {
      try (Scope scope = Torch.openScope(policy.device())) {
        TokenLogProbs logProbs = policy.logProbsForTraining(batch(micro), 1, scope);
        float[] gradient = new float[logProbs.values().length];
        Arrays.fill(gradient, -1f / tokens);
        sum = sum.plus(SftNumbers.of(logProbs));
        logProbs.backward(gradient, null);
      }
    }
    return new Update(sum, optimizer.step(rate));
  }

  /**
   * What an update came to.
   *
   * @param numbers over its completion tokens
   * @param gradNorm before clipping
   */
  record Update(SftNumbers numbers, double gradNorm) {}

  /** Mean loss over the completion tokens of examples, without training on them. */
  public double evaluate(List<SftExample> examples) {
    return measure(examples).loss();
  }

  /** The numbers of examples, without training on them. */
  public SftNumbers measure(List<SftExample> examples) {
    SftNumbers sum = SftNumbers.NONE;
    for (List<SftExample> micro : split(examples)) {
      try (Scope scope = Torch.openScope(policy.device())) {
        sum = sum.plus(SftNumbers.of(policy.logProbs(batch(micro), 1, scope)));
      }
    }
    return sum;
  }

  /** Returns the part's share of the update's loss. */
  private double accumulateGradient(List<SftExample> micro, int updateTokens) {
    try (Scope scope = Torch.openScope(policy.device())) {
      TokenLogProbs logProbs = policy.logProbsForTraining(batch(micro), 1, scope);
      float[] gradient = new float[logProbs.values().length];
      Arrays.fill(gradient, -1f / updateTokens);
      logProbs.backward(gradient, null);
      double loss = 0;
      for (float value : logProbs.values()) {
        loss -= value;
      }
      return loss / updateTokens;
    }
  }

  /** Sorted by length, so that attention's rectangles hold little padding. */
  private List<List<SftExample>> split(List<SftExample> batch) {
    List<SftExample> sorted = new ArrayList<>(batch);
    sorted.sort(Comparator.comparingInt(SftTrainer::length).reversed());
    List<List<SftExample>> micros = new ArrayList<>();
    List<SftExample> current = new ArrayList<>();
    int tokens = 0;
    for (SftExample example : sorted) {
      if (!current.isEmpty() && tokens + length(example) > config.microBatchTokens()) {
        micros.add(current);
        current = new ArrayList<>();
        tokens = 0;
      }
      current.add(example);
      tokens += length(example);
    }
    micros.add(current);
    return micros;
  }

  static int length(SftExample example) {
    return example.prompt().length + example.completion().length;
  }

  private static TokenBatch batch(List<SftExample> examples) {
    return TokenBatch.pairs(
        examples.stream().map(SftExample::prompt).toArray(int[][]::new),
        examples.stream().map(SftExample::completion).toArray(int[][]::new));
  }
}
