package org.r1zero.grpo;

import java.util.List;
import org.r1zero.grpo.advantage.AdvantageEstimator;
import org.r1zero.grpo.advantage.DecoupledNormalization;
import org.r1zero.grpo.advantage.GroupRelative;
import org.r1zero.grpo.advantage.LeaveOneOut;
import org.r1zero.grpo.advantage.ReinforcePlusPlus;
import org.r1zero.grpo.faults.Faults;

/**
 * Options of credit: from rewards to advantages.
 *
 * @param estimator what a reward is compared with; verl's {@code adv_estimator}
 * @param multiObjectiveAggregation whether several rewards are summed first or normalised first;
 *     TRL's name. Only with {@code estimator: grpo}
 * @param normalizeAdvantages whether leave-one-out advantages are normalised over the batch; TRL's
 *     name in RLOOConfig
 * @param useKlInReward whether {@code beta * KL} is taken off the reward, summed over the
 *     completion, in place of a term of the loss; verl's name, and what TRL's RLOOTrainer does
 * @param credit which tokens of a conversation with an environment share an advantage
 * @param gamma with {@code credit: turn}, what a turn's reward is worth to the turn before it, in
 *     [0, 1]; verl-agent's {@code algorithm.gamma}
 */
public record AdvantageConfig(
    Estimator estimator,
    MultiObjectiveAggregation multiObjectiveAggregation,
    boolean normalizeAdvantages,
    boolean useKlInReward,
    Credit credit,
    double gamma) {

  /** What an advantage is for. */
  public enum Credit {
    /** All tokens of a rollout share one, of the rollout's whole reward. */
    TRAJECTORY,
    /**
     * The tokens of a turn share one, of the rewards from that turn on, compared with the same turn
     * of the group's other rollouts.
     */
    TURN
  }

  /** What a reward is compared with. */
  public enum Estimator {
    /** Its group's mean. */
    GRPO,
    /** The mean of the others in its group. */
    RLOO,
    /** The mean of the batch. */
    REINFORCE_PLUS_PLUS,
    /** Its group's mean, then the mean of the batch. */
    REINFORCE_PLUS_PLUS_BASELINE
  }

  /** What is done first with several rewards. */
  public enum MultiObjectiveAggregation {
    /** They are summed with their weights. */
    SUM_THEN_NORMALIZE,
    /** Each is normalised within the group (GDPO). */
    NORMALIZE_THEN_SUM
  }

  /** Checks what belongs together. */
  public AdvantageConfig {
    Faults faults = new Faults();
    faults.require(
        multiObjectiveAggregation == MultiObjectiveAggregation.SUM_THEN_NORMALIZE
            || estimator == Estimator.GRPO,
        "multi_objective_aggregation",
        "must be sum_then_normalize unless estimator is grpo, was" + " normalize_then_sum");
    faults.require(
        multiObjectiveAggregation == MultiObjectiveAggregation.SUM_THEN_NORMALIZE || !useKlInReward,
        "use_kl_in_reward",
        "must be false where multi_objective_aggregation is normalize_then_sum,"
            + " was true (the KL term has no column of its own)");
    faults.require(
        !normalizeAdvantages || estimator == Estimator.RLOO,
        "normalize_advantages",
        "must be false unless estimator is rloo, was true (scale_rewards" + " scales grpo's)");
    faults.require(
        credit == Credit.TRAJECTORY
            || multiObjectiveAggregation == MultiObjectiveAggregation.SUM_THEN_NORMALIZE,
        "multi_objective_aggregation",
        "must be sum_then_normalize where credit is turn, was normalize_then_sum (only the sum is"
            + " known turn by turn)");
    faults.require(
        gamma >= 0 && gamma <= 1, "gamma", "must be in [0, 1], was " + gamma + " (1 is usual)");
    faults.require(
        credit == Credit.TURN || gamma == 1,
        "gamma",
        "must be 1 unless credit is turn, was "
            + gamma
            + " (a reward for the whole rollout is not discounted)");
    faults.check();
  }

  /** One advantage for a whole rollout. */
  public AdvantageConfig(
      Estimator estimator,
      MultiObjectiveAggregation multiObjectiveAggregation,
      boolean normalizeAdvantages,
      boolean useKlInReward) {
    this(
        estimator,
        multiObjectiveAggregation,
        normalizeAdvantages,
        useKlInReward,
        Credit.TRAJECTORY,
        1);
  }

  /** GRPO's. */
  public static AdvantageConfig defaults() {
    return new AdvantageConfig(
        Estimator.GRPO, MultiObjectiveAggregation.SUM_THEN_NORMALIZE, false, false);
  }

  /**
   * What computes it.
   *
   * @param scale of GRPO's advantages
   * @param rewardWeights of the verifiers
   */
  AdvantageEstimator estimator(GroupRelative.Scale scale, List<Double> rewardWeights) {
    return switch (estimator) {
      case GRPO ->
          multiObjectiveAggregation == MultiObjectiveAggregation.NORMALIZE_THEN_SUM
              ? new DecoupledNormalization(rewardWeights)
              : new GroupRelative(scale);
      case RLOO -> new LeaveOneOut(normalizeAdvantages);
      case REINFORCE_PLUS_PLUS -> new ReinforcePlusPlus(false);
      case REINFORCE_PLUS_PLUS_BASELINE -> new ReinforcePlusPlus(true);
    };
  }
}
