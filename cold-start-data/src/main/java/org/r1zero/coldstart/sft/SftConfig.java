package org.r1zero.coldstart.sft;

import java.util.ArrayList;
import java.util.List;
import org.r1zero.grpo.optim.OptimizerConfig;

/**
 * Options of supervised training.
 *
 * @param maxSteps optimizer updates
 * @param batchSize examples an update
 * @param microBatchTokens most tokens in one forward and backward pass
 * @param optimizer the update rule
 */
public record SftConfig(
    int maxSteps, int batchSize, int microBatchTokens, OptimizerConfig optimizer) {

  /** Checks the ranges; all faults are named at once. */
  public SftConfig {
    List<String> faults = new ArrayList<>();
    if (maxSteps < 1) {
      faults.add("max_steps must be >= 1, was " + maxSteps);
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
}
