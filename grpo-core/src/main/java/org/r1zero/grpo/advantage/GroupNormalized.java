package org.r1zero.grpo.advantage;

import java.util.Arrays;
import org.apache.commons.math3.stat.StatUtils;

/**
 * Reward minus the group's mean, over the group's standard deviation.
 *
 * <p>DeepSeekMath (arXiv:2402.03300), section 4.1.2: {@code A = (r - mean(r)) / std(r)}. As in TRL
 * the standard deviation is the unbiased one (over {@code G - 1}), and 1e-4 is added to it.
 */
public record GroupNormalized() implements AdvantageEstimator {
  private static final double EPSILON = 1e-4;

  @Override
  public double[] estimate(double[] rewards) {
    double mean = StatUtils.mean(rewards);
    double deviation = rewards.length > 1 ? Math.sqrt(StatUtils.variance(rewards)) : 0;
    return Arrays.stream(rewards).map(r -> (r - mean) / (deviation + EPSILON)).toArray();
  }
}
