package org.r1zero.experiment.config;

import org.r1zero.grpo.faults.Faults;
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
public record OnPolicyOptions(
    String teacher,
    int steps,
    int problemsPerStep,
    int numGenerations,
    int microBatchTokens,
    int saveSteps,
    OptimizerConfig optimizer) {

  /** Checks the ranges; all faults are named at once. */
  public OnPolicyOptions {
    Faults faults = new Faults();
    faults.atLeast(1, "steps", steps);
    faults.atLeast(1, "problems_per_step", problemsPerStep);
    faults.atLeast(1, "num_generations", numGenerations);
    faults.atLeast(1, "micro_batch_tokens", microBatchTokens);
    faults.atLeast(0, "save_steps", saveSteps);
    faults.check();
  }

  /** Sixty steps of 16 problems, four samples of each; the teacher has no default. */
  public static OnPolicyOptions defaults() {
    return new OnPolicyOptions(
        "",
        60,
        16,
        4,
        4096,
        20,
        new OptimizerConfig(3e-4, LearningRateSchedule.CONSTANT, 3, 0, 0.9, 0.999, 1e-8, 1));
  }
}
