package org.r1zero.experiment.evaluate;

import java.util.Arrays;
import org.apache.commons.math3.random.MersenneTwister;
import org.apache.commons.math3.stat.StatUtils;

/**
 * A mean with its 95 % interval.
 *
 * @param mean of the problems' values
 * @param low lower end
 * @param high upper end
 */
public record Interval(double mean, double low, double high) {
  private static final int RESAMPLES = 2000;

  /**
   * The percentile bootstrap over problems (Efron 1979): problems are drawn again with replacement,
   * since they, and not the samples of one problem, are independent.
   *
   * @param values one a problem, at least one
   * @param seed of the draws
   */
  public static Interval bootstrap(double[] values, long seed) {
    MersenneTwister random = new MersenneTwister(seed);
    double[] means = new double[RESAMPLES];
    for (int i = 0; i < RESAMPLES; i++) {
      double sum = 0;
      for (int j = 0; j < values.length; j++) {
        sum += values[random.nextInt(values.length)];
      }
      means[i] = sum / values.length;
    }
    Arrays.sort(means);
    return new Interval(
        StatUtils.mean(values),
        StatUtils.percentile(means, 2.5),
        StatUtils.percentile(means, 97.5));
  }

  /** As per cent, such as {@code 12.5 % [9.0, 16.0]}. */
  @Override
  public String toString() {
    return String.format(
        java.util.Locale.ROOT, "%.1f %% [%.1f, %.1f]", 100 * mean, 100 * low, 100 * high);
  }
}
