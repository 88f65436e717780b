package org.r1zero.coldstart.sft;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.checkpoint.Checkpoint;
import org.r1zero.grpo.checkpoint.CheckpointStore;
import org.r1zero.grpo.checkpoint.TrainingState;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.optim.AdamW;
import org.r1zero.grpo.optim.OptimizerConfig;

/**
 * Supervised training on a fixed set of examples: epochs in orders that the seed decides,
 * validation, early stop, checkpoints. One that is started again goes on from its newest checkpoint
 * and ends with the weights that it would have ended with.
 */
public final class SftCourse {
  private final SftSchedule schedule;
  private final int batchSize;
  private final OptimizerConfig optimizerConfig;
  private final PolicyModel policy;
  private final AdamW optimizer;
  private final SftTrainer trainer;
  private final List<SftExample> train;
  private final List<SftExample> held;
  private final long seed;
  private final @Nullable CheckpointStore checkpoints;
  private final long stepsPerEpoch;
  private final long totalSteps;

  private long step;
  private long tokensSeen;
  private double bestLoss = Double.POSITIVE_INFINITY;
  private long bestStep = -1;
  private int withoutGain;
  private boolean stopped;

  /** Hears of each update: its number from 1, and the metrics under TRL's names. */
  @FunctionalInterface
  public interface Listener {
    /**
     * Called after an update, before its checkpoint.
     *
     * @param trained tokens of forward and backward passes, prompts included
     * @param measured tokens of validation's forward passes
     */
    void updated(long step, Map<String, Double> metrics, long trained, long measured);
  }

  /**
   * Splits the examples.
   *
   * @param microBatchTokens most tokens in one forward and backward pass
   * @param checkpoints where the state is kept; {@code null} for nowhere
   */
  public SftCourse(
      SftSchedule schedule,
      int batchSize,
      int microBatchTokens,
      OptimizerConfig optimizerConfig,
      PolicyModel policy,
      AdamW optimizer,
      List<SftExample> examples,
      long seed,
      @Nullable CheckpointStore checkpoints) {
    this.schedule = schedule;
    this.batchSize = batchSize;
    this.optimizerConfig = optimizerConfig;
    this.policy = policy;
    this.optimizer = optimizer;
    this.seed = seed;
    this.checkpoints = checkpoints;
    List<SftExample> shuffled = new ArrayList<>(examples);
    Collections.shuffle(shuffled, new Random(seed));
    int heldOut = (int) Math.ceil(schedule.evalFraction() * shuffled.size());
    this.held = List.copyOf(shuffled.subList(0, heldOut));
    this.train = List.copyOf(shuffled.subList(heldOut, shuffled.size()));
    if (train.isEmpty()) {
      throw new IllegalArgumentException(
          "there are no examples to train on: "
              + examples.size()
              + " given, "
              + heldOut
              + " held out");
    }
    this.stepsPerEpoch = ((long) train.size() + batchSize - 1) / batchSize;
    this.totalSteps =
        schedule.maxSteps() > 0
            ? schedule.maxSteps()
            : stepsPerEpoch * (long) schedule.numTrainEpochs();
    SftConfig config =
        new SftConfig(Math.toIntExact(totalSteps), batchSize, microBatchTokens, optimizerConfig);
    this.trainer = new SftTrainer(config, policy, optimizer);
  }

  /** Updates in the whole course. */
  public long totalSteps() {
    return totalSteps;
  }

  /** Trains to the end, from the newest checkpoint where there is one. */
  public void train(Listener listener) {
    resume();
    while (step < totalSteps && !stopped) {
      List<SftExample> batch = batch(step);
      double rate = optimizerConfig.rateAt(step, totalSteps);
      SftTrainer.Update update = trainer.update(batch, rate);
      step++;
      long trained = batch.stream().mapToLong(SftTrainer::length).sum();
      tokensSeen += trained;
      Map<String, Double> metrics = metrics(update, rate);
      long measured = validationIsDue() ? validate(metrics) : 0;
      listener.updated(step, metrics, trained, measured);
      saveIfDue();
    }
    if (schedule.earlyStoppingPatience() > 0 && bestStep > 0 && bestStep != step) {
      takeBest();
    }
  }

  private Map<String, Double> metrics(SftTrainer.Update update, double rate) {
    Map<String, Double> metrics = new TreeMap<>();
    metrics.put("loss", update.numbers().loss());
    metrics.put("mean_token_accuracy", update.numbers().meanTokenAccuracy());
    metrics.put("entropy", update.numbers().entropy());
    metrics.put("grad_norm", update.gradNorm());
    metrics.put("learning_rate", rate);
    metrics.put("num_tokens", (double) tokensSeen);
    metrics.put("epoch", step / (double) stepsPerEpoch);
    return metrics;
  }

  /** The examples of an update; the last of an epoch may have fewer. */
  private List<SftExample> batch(long index) {
    long epoch = index / stepsPerEpoch;
    List<SftExample> order = new ArrayList<>(train);
    Collections.shuffle(order, new Random(seed * 1_000_003 + epoch));
    int from = (int) (index % stepsPerEpoch) * batchSize;
    return order.subList(from, Math.min(from + batchSize, order.size()));
  }

  private boolean validationIsDue() {
    long every = schedule.evalSteps() > 0 ? schedule.evalSteps() : stepsPerEpoch;
    return !held.isEmpty() && (step % every == 0 || step == totalSteps);
  }

  private long validate(Map<String, Double> metrics) {
    SftNumbers numbers = trainer.measure(held);
    metrics.put("eval_loss", numbers.loss());
    metrics.put("eval_mean_token_accuracy", numbers.meanTokenAccuracy());
    metrics.put("eval_entropy", numbers.entropy());
    if (numbers.loss() < bestLoss) {
      bestLoss = numbers.loss();
      bestStep = step;
      withoutGain = 0;
    } else {
      withoutGain++;
      stopped =
          schedule.earlyStoppingPatience() > 0 && withoutGain >= schedule.earlyStoppingPatience();
    }
    return held.stream().mapToLong(SftTrainer::length).sum();
  }

  private void saveIfDue() {
    boolean best = schedule.earlyStoppingPatience() > 0 && bestStep == step;
    boolean due = schedule.saveSteps() > 0 && step % schedule.saveSteps() == 0;
    if (checkpoints != null && (best || due)) {
      ObjectNode values = JsonNodeFactory.instance.objectNode();
      values.put("num_tokens", tokensSeen);
      values.put("best_step", bestStep).put("without_gain", withoutGain);
      if (bestStep >= 0) {
        values.put("best_loss", bestLoss);
      }
      values.put("stopped", stopped);
      checkpoints.save(TrainingState.of(step, policy, optimizer, values), Set.of(bestStep));
    }
  }

  private void resume() {
    if (checkpoints == null) {
      return;
    }
    checkpoints.clean();
    Optional<Checkpoint> newest = checkpoints.newest(fault -> {});
    if (newest.isPresent()) {
      newest.get().restore(TrainingState.tensors(policy, optimizer));
      JsonNode values = newest.get().values();
      step = newest.get().step();
      tokensSeen = values.get("num_tokens").asLong();
      bestStep = values.get("best_step").asLong();
      bestLoss = values.path("best_loss").asDouble(Double.POSITIVE_INFINITY);
      withoutGain = values.get("without_gain").asInt();
      stopped = values.get("stopped").asBoolean();
    }
  }

  private void takeBest() {
    if (checkpoints == null) {
      throw new IllegalStateException("early stopping needs checkpoints to take the best from");
    }
    checkpoints.open(bestStep).restoreSome(TrainingState.weights("policy/", policy));
  }

  /** Updates done so far. */
  public long step() {
    return step;
  }

  /** Whether validation ended training early. */
  public boolean stoppedEarly() {
    return stopped;
  }

  /** The lowest validation loss, infinite where none was measured. */
  public double bestLoss() {
    return bestLoss;
  }
}
