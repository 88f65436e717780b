package org.r1zero.experiment.pipeline;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.r1zero.coldstart.sft.SftSchedule;
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
record SftOptions(
    @Nullable String data,
    int maxBad,
    int batchSize,
    int microBatchTokens,
    SftSchedule schedule,
    OptimizerConfig optimizer) {

  SftOptions {
    List<String> faults = new ArrayList<>();
    if (maxBad < 0) {
      faults.add("max_bad must be >= 0, was " + maxBad);
    }
    if (batchSize < 1) {
      faults.add("batch_size must be >= 1, was " + batchSize);
    }
    if (microBatchTokens < 1) {
      faults.add("micro_batch_tokens must be >= 1, was " + microBatchTokens);
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", faults));
    }
  }

  static SftOptions defaults() {
    return new SftOptions(
        null,
        0,
        32,
        4096,
        SftSchedule.defaults(),
        new OptimizerConfig(2e-5, LearningRateSchedule.LINEAR, 0, 0, 0.9, 0.999, 1e-8, 1));
  }
}
