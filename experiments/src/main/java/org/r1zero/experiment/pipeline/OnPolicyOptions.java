package org.r1zero.experiment.pipeline;

import java.util.ArrayList;
import java.util.List;
import org.r1zero.grpo.optim.LearningRateSchedule;
import org.r1zero.grpo.optim.OptimizerConfig;

/**
 * Options of on-policy distillation.
 *
 * @param teacher an earlier stage's name, or whatever a recipe's {@code model} takes
 * @param steps how often the student is sampled and updated
 * @param problemsPerStep problems in a step
 * @param numGenerations samples per problem
 * @param microBatchTokens most tokens in one forward and backward pass
 * @param saveSteps steps between checkpoints; 0 for none
 * @param optimizer the update rule
 */
record OnPolicyOptions(
    String teacher,
    int steps,
    int problemsPerStep,
    int numGenerations,
    int microBatchTokens,
    int saveSteps,
    OptimizerConfig optimizer) {

  OnPolicyOptions {
    List<String> faults = new ArrayList<>();
    requirePositive("steps", steps, faults);
    requirePositive("problems_per_step", problemsPerStep, faults);
    requirePositive("num_generations", numGenerations, faults);
    requirePositive("micro_batch_tokens", microBatchTokens, faults);
    if (saveSteps < 0) {
      faults.add("save_steps must be >= 0, was " + saveSteps);
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", faults));
    }
  }

  static OnPolicyOptions defaults() {
    return new OnPolicyOptions(
        "",
        60,
        16,
        4,
        4096,
        20,
        new OptimizerConfig(3e-4, LearningRateSchedule.CONSTANT, 3, 0, 0.9, 0.999, 1e-8, 1));
  }

  private static void requirePositive(String name, int value, List<String> faults) {
    if (value < 1) {
      faults.add(name + " must be >= 1, was " + value);
    }
  }
}
