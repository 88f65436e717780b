package org.r1zero.grpo.advantage;

/** Turns the rewards of one group into an advantage for each of its rollouts. */
public sealed interface AdvantageEstimator permits GroupNormalized, MeanCentered, LeaveOneOut {

  /**
   * Estimates one group.
   *
   * @param rewards of the group's rollouts, {@code [G]}
   * @return advantages, {@code [G]}; all zero where all rewards are equal
   */
  double[] estimate(double[] rewards);
}
