package org.r1zero.grpo.advantage;

import java.util.Arrays;
import org.apache.commons.math3.stat.StatUtils;

/**
 * Reward minus the mean reward of the group's other rollouts: RLOO (arXiv:2402.14740), equation 9.
 * A group of one has advantage 0.
 */
public record LeaveOneOut() implements AdvantageEstimator {

  @Override
  public double[] estimate(double[] rewards) {
    double mean = StatUtils.mean(rewards);
    int count = rewards.length;
    // r - (sum - r) / (G - 1) = (r - mean) * G / (G - 1), which is 0 exactly for equal rewards
    return Arrays.stream(rewards)
        .map(r -> count == 1 ? 0 : (r - mean) * count / (count - 1))
        .toArray();
  }
}
