package org.r1zero.grpo.advantage;

import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.stat.StatUtils;

/** Statistics of the rewards that are there: NaN stands for none. */
final class Scorable {
  /** Added to a standard deviation before it divides, as in TRL. */
  private static final double EPSILON = 1e-4;

  private Scorable() {}

  static double[] of(double[] values) {
    return Arrays.stream(values).filter(v -> !Double.isNaN(v)).toArray();
  }

  static double mean(double[] values) {
    return StatUtils.mean(of(values));
  }

  /** The unbiased standard deviation; 0 for a single value among one, NaN for one of several. */
  static double deviation(double[] values) {
    double[] scorable = of(values);
    if (scorable.length > 1) {
      return Math.sqrt(StatUtils.variance(scorable));
    }
    return values.length > 1 ? Double.NaN : 0;
  }

  static double[] centered(double[] values) {
    double mean = mean(values);
    return Arrays.stream(values).map(v -> v - mean).toArray();
  }

  static double[] dividedBy(double deviation, double[] values) {
    return Arrays.stream(values).map(v -> v / (deviation + EPSILON)).toArray();
  }

  static double[] concatenated(List<double[]> groups) {
    return groups.stream().flatMapToDouble(Arrays::stream).toArray();
  }

  /** No reward, no advantage. */
  static double[] zeroWhereNone(double[] values) {
    return Arrays.stream(values).map(v -> Double.isNaN(v) ? 0 : v).toArray();
  }
}
