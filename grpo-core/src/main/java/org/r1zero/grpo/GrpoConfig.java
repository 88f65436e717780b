package org.r1zero.grpo;

import java.util.List;
import org.r1zero.grpo.advantage.AdvantageEstimator;
import org.r1zero.grpo.advantage.GroupRelative;
import org.r1zero.grpo.faults.Faults;
import org.r1zero.grpo.loss.LossType;
import org.r1zero.grpo.loss.PolicyLoss;
import org.r1zero.grpo.optim.OptimizerConfig;

/**
 * Options of GRPO training, under the names of TRL's {@code GRPOConfig} where it has them.
 *
 * @param steps how often rollouts are collected
 * @param problemsPerStep problems per step
 * @param numGenerations rollouts per problem, {@code G}
 * @param numIterations passes over a step's rollouts ({@code mu} in the paper)
 * @param numMinibatches optimizer updates per pass over a step's rollouts
 * @param microBatchTokens most tokens in one forward and backward pass: bounds memory, changes
 *     nothing else but which tokens top_entropy_quantile, clip_cov and kl_cov choose; 0 has a run
 *     choose as many as its memory takes
 * @param gradientCheckpointing whether backward computes each block's activations again instead of
 *     keeping them: less memory for more computing, the same gradients
 * @param scaleRewards what advantages are divided by
 * @param maskTruncatedCompletions whether completions that the limit on new tokens cut off are left
 *     out of the loss (DAPO's overlong filtering, arXiv:2503.14476, section 3.4)
 * @param advantage how rewards become advantages
 * @param loss the objective
 * @param entropy the entropy bonus
 * @param offPolicy how rollouts of another policy are treated
 * @param reference how the reference policy follows the policy
 * @param optimizer the update rule
 */
public record GrpoConfig(
    int steps,
    int problemsPerStep,
    int numGenerations,
    int numIterations,
    int numMinibatches,
    int microBatchTokens,
    boolean gradientCheckpointing,
    GroupRelative.Scale scaleRewards,
    boolean maskTruncatedCompletions,
    AdvantageConfig advantage,
    LossConfig loss,
    EntropyConfig entropy,
    OffPolicyConfig offPolicy,
    ReferenceConfig reference,
    OptimizerConfig optimizer) {

  /** Checks the ranges; all faults are named at once. */
  public GrpoConfig {
    Faults faults = new Faults();
    faults.atLeast(1, "steps", steps);
    faults.atLeast(1, "problems_per_step", problemsPerStep);
    faults.atLeast(
        2, "num_generations", numGenerations, "rewards are compared within a group; 8 is usual");
    faults.atLeast(1, "num_iterations", numIterations);
    faults.atLeast(1, "num_minibatches", numMinibatches);
    faults.atLeast(
        0,
        "micro_batch_tokens",
        microBatchTokens,
        "0 has the run choose by the memory that is free");
    faults.require(
        numMinibatches <= problemsPerStep,
        "num_minibatches",
        "must be <= problems_per_step (" + problemsPerStep + "), was " + numMinibatches);
    faults.require(
        !reference.syncRefModel() || loss.beta() != 0,
        "loss.beta",
        "must be > 0 where reference.sync_ref_model is on, was 0 (without a KL term"
            + " there is no reference policy)");
    faults.require(
        loss.lossType() != LossType.DPPO
            || offPolicy.oldLogProbs() == OffPolicyConfig.OldLogProbs.SAMPLER,
        "off_policy.old_log_probs",
        "must be sampler where loss.loss_type is dppo, was trainer (its trust region is around the"
            + " policy that sampled)");
    faults.part("off_policy.", () -> loss.toLoss(offPolicy, true));
    faults.check();
  }

  /** On-policy training without entropy bonus, its reference fixed. */
  public GrpoConfig(
      int steps,
      int problemsPerStep,
      int numGenerations,
      int numIterations,
      int numMinibatches,
      int microBatchTokens,
      GroupRelative.Scale scaleRewards,
      LossConfig loss,
      OptimizerConfig optimizer) {
    this(
        steps,
        problemsPerStep,
        numGenerations,
        numIterations,
        numMinibatches,
        microBatchTokens,
        false,
        scaleRewards,
        false,
        AdvantageConfig.defaults(),
        loss,
        EntropyConfig.defaults(),
        OffPolicyConfig.defaults(),
        ReferenceConfig.defaults(),
        optimizer);
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
        GroupRelative.Scale.GROUP,
        LossConfig.defaults(),
        OptimizerConfig.defaults());
  }

  /** Whether training needs a reference policy: for the KL term, or for KL in the reward. */
  public boolean usesReference() {
    return loss.beta() > 0;
  }

  /** The objective. */
  public PolicyLoss toLoss() {
    return loss.toLoss(offPolicy, !advantage.useKlInReward());
  }

  /**
   * What turns rewards into advantages.
   *
   * @param rewardWeights of the verifiers; needed where rewards are normalised one by one
   */
  public AdvantageEstimator toEstimator(List<Double> rewardWeights) {
    return advantage.estimator(scaleRewards, rewardWeights);
  }

  /** Optimizer updates in the whole run. */
  public long totalUpdates() {
    return (long) steps * updatesPerStep();
  }

  /** Optimizer updates a step. */
  public int updatesPerStep() {
    return numIterations * numMinibatches;
  }
}
