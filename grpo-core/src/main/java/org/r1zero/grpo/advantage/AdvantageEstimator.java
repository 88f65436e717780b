package org.r1zero.grpo.advantage;

import java.util.List;

/**
 * Turns the rewards of a batch into an advantage for each rollout. A rollout whose reward is NaN
 * could not be scored: it has no part in any baseline, and its advantage is 0.
 */
public sealed interface AdvantageEstimator
    permits GroupRelative, LeaveOneOut, DecoupledNormalization, ReinforcePlusPlus {

  /**
   * Estimates one batch.
   *
   * @param groups the rewards of each problem's rollouts
   * @return advantages of each group's rollouts, {@code [G]}
   */
  List<double[]> estimate(List<GroupRewards> groups);
}
