package org.r1zero.experiment.config;

import org.jspecify.annotations.Nullable;
import org.r1zero.coldstart.sft.SftSchedule;
import org.r1zero.grpo.faults.Faults;
import org.r1zero.grpo.optim.LearningRateSchedule;
import org.r1zero.grpo.optim.OptimizerConfig;

/**
 * Options of supervised training.
 *
 * @param data the stage that made the examples, or a file of them; {@code null} for the newest
 *     stage that made any
 * @param maxBad the most bad records that the file may have
 * @param batchSize examples per update
 * @param microBatchTokens most tokens in one forward and backward pass
 * @param schedule how long training goes on
 * @param optimizer the update rule
 */
public record SftOptions(
    @Nullable String data,
    int maxBad,
    int batchSize,
    int microBatchTokens,
    SftSchedule schedule,
    OptimizerConfig optimizer) {

  /** Checks the ranges; all faults are named at once. */
  public SftOptions {
    Faults faults = new Faults();
    faults.atLeast(0, "max_bad", maxBad);
    faults.atLeast(1, "batch_size", batchSize);
    faults.atLeast(1, "micro_batch_tokens", microBatchTokens);
    faults.check();
  }

  /** Batches of 32, three epochs, a rate that falls linearly. */
  public static SftOptions defaults() {
    return new SftOptions(
        null,
        0,
        32,
        4096,
        SftSchedule.defaults(),
        new OptimizerConfig(2e-5, LearningRateSchedule.LINEAR, 0, 0, 0.9, 0.999, 1e-8, 1));
  }
}
