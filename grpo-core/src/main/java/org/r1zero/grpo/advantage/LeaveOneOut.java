package org.r1zero.grpo.advantage;

import java.util.Arrays;

/**
 * Reward minus the mean reward of the group's other rollouts: RLOO (arXiv:2402.14740), equation 9.
 * A group of one has advantage 0.
 */
public record LeaveOneOut() implements AdvantageEstimator {

  @Override
  public double[] estimate(double[] rewards) {
    double sum = Arrays.stream(rewards).sum();
    int others = rewards.length - 1;
    return Arrays.stream(rewards).map(r -> others == 0 ? 0 : r - (sum - r) / others).toArray();
  }
}
