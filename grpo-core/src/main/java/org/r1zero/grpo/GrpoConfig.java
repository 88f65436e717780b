package org.r1zero.grpo;

import java.util.ArrayList;
import java.util.List;
import org.r1zero.grpo.optim.OptimizerConfig;

/**
 * Options of GRPO training, under the names of TRL's {@code GRPOConfig} where it has them.
 *
 * @param steps how often rollouts are collected
 * @param problemsPerStep problems in a step
 * @param numGenerations rollouts a problem, {@code G}
 * @param numIterations passes over a step's rollouts ({@code mu} in the paper)
 * @param numMinibatches optimizer updates a pass
 * @param microBatchTokens most tokens in one forward and backward pass: bounds memory, changes
 *     nothing else
 * @param scaleRewards how advantages are scaled
 * @param loss the objective
 * @param optimizer the update rule
 */
public record GrpoConfig(
    int steps,
    int problemsPerStep,
    int numGenerations,
    int numIterations,
    int numMinibatches,
    int microBatchTokens,
    RewardScaling scaleRewards,
    LossConfig loss,
    OptimizerConfig optimizer) {

  /** Checks the ranges; all faults are named at once. */
  public GrpoConfig {
    List<String> faults = new ArrayList<>();
    requirePositive("steps", steps, faults);
    requirePositive("problems_per_step", problemsPerStep, faults);
    if (numGenerations < 2) {
      faults.add(
          "num_generations must be >= 2, was "
              + numGenerations
              + " (rewards are compared within a group; 8 is usual)");
    }
    requirePositive("num_iterations", numIterations, faults);
    requirePositive("num_minibatches", numMinibatches, faults);
    requirePositive("micro_batch_tokens", microBatchTokens, faults);
    if (numMinibatches > problemsPerStep) {
      faults.add(
          "num_minibatches must be <= problems_per_step ("
              + problemsPerStep
              + "), was "
              + numMinibatches);
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", faults));
    }
  }

  /** One on-policy update a step, as R1-Zero's recipe in small. */
  public static GrpoConfig defaults() {
    return new GrpoConfig(
        100,
        8,
        8,
        1,
        1,
        8192,
        RewardScaling.GROUP,
        LossConfig.defaults(),
        OptimizerConfig.defaults());
  }

  /** Optimizer updates in the whole run. */
  public long totalUpdates() {
    return (long) steps * updatesPerStep();
  }

  /** Optimizer updates a step. */
  public int updatesPerStep() {
    return numIterations * numMinibatches;
  }

  private static void requirePositive(String name, int value, List<String> faults) {
    if (value < 1) {
      faults.add(name + " must be >= 1, was " + value);
    }
  }
}
