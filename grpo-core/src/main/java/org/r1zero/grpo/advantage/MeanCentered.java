package org.r1zero.grpo.advantage;

import java.util.Arrays;
import org.apache.commons.math3.stat.StatUtils;

/**
 * Reward minus the group's mean: Dr. GRPO (arXiv:2503.20783), equation 3, which drops the division
 * by the standard deviation since it weighs very easy and very hard problems more.
 */
public record MeanCentered() implements AdvantageEstimator {

  @Override
  public double[] estimate(double[] rewards) {
    double mean = StatUtils.mean(rewards);
    return Arrays.stream(rewards).map(r -> r - mean).toArray();
  }
}
