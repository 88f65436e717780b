package org.r1zero.coldstart.sft;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.r1zero.grpo.data.Sample;

/**
 * Which examples each step of supervised training learns from, and which validate it: epochs in
 * orders that the seed decides. A step is one update.
 */
public final class SftPlan {
  private final SftSchedule schedule;
  private final int batchSize;
  private final long seed;
  private final List<Sample> train;
  private final List<Sample> held;

  /**
   * Splits the examples.
   *
   * @param batchSize examples per update
   */
  public SftPlan(SftSchedule schedule, int batchSize, List<Sample> examples, long seed) {
    this.schedule = schedule;
    this.batchSize = batchSize;
    this.seed = seed;
    List<Sample> shuffled = new ArrayList<>(examples);
    Collections.shuffle(shuffled, new Random(seed));
    int heldOut = (int) Math.ceil(schedule.evalFraction() * shuffled.size());
    this.held = List.copyOf(shuffled.subList(0, heldOut));
    this.train = List.copyOf(shuffled.subList(heldOut, shuffled.size()));
    if (train.isEmpty()) {
      throw new IllegalArgumentException(
          String.format(
              "there are no examples to train on: %s given, %s held out",
              examples.size(), heldOut));
    }
  }

  SftSchedule schedule() {
    return schedule;
  }

  long seed() {
    return seed;
  }

  /** Updates in the whole training. */
  public long totalSteps() {
    return schedule.maxSteps() > 0
        ? schedule.maxSteps()
        : stepsPerEpoch() * (long) schedule.numTrainEpochs();
  }

  long stepsPerEpoch() {
    return ((long) train.size() + batchSize - 1) / batchSize;
  }

  /** The examples of a step, counted from 0; the last of an epoch may have fewer. */
  List<Sample> batch(long step) {
    long epoch = step / stepsPerEpoch();
    List<Sample> order = new ArrayList<>(train);
    Collections.shuffle(order, new Random(seed * 1_000_003 + epoch));
    int from = (int) (step % stepsPerEpoch()) * batchSize;
    return order.subList(from, Math.min(from + batchSize, order.size()));
  }

  /** What validates. */
  List<Sample> held() {
    return held;
  }

  boolean validationIsDue(long finished) {
    long every = schedule.evalSteps() > 0 ? schedule.evalSteps() : stepsPerEpoch();
    return !held.isEmpty() && (finished % every == 0 || finished == totalSteps());
  }

  /** Tokens that a step trains on, prompts included. */
  public long trainedTokens(long step) {
    return tokens(batch(step));
  }

  /** Tokens that the validation after a step measures, prompts included; 0 where there is none. */
  public long measuredTokens(long step) {
    return validationIsDue(step + 1) ? tokens(held) : 0;
  }

  private static long tokens(List<Sample> examples) {
    return examples.stream().mapToLong(Sample::length).sum();
  }
}
