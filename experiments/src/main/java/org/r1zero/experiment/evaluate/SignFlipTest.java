package org.r1zero.experiment.evaluate;

import java.util.Arrays;

/**
 * The exact paired permutation test (Fisher 1935; Pitman 1937): if two arms were alike, each
 * problem's difference could as well have had the other sign. Where each problem has one answer it
 * is McNemar's exact test, the sign test over the problems on which the arms disagree.
 */
final class SignFlipTest {
  /** Sums are counted in this many cells at most; shares fit in fewer, so they are exact. */
  private static final int MOST_CELLS = 20_000;

  private SignFlipTest() {}

  /**
   * How likely a difference at least as large would be by chance, to either side.
   *
   * @param differences one per problem
   * @param parts the differences are multiples of one over this, such as the number of samples
   * @return the p-value; 1 where no problem differs
   */
  static double p(double[] differences, long parts) {
    double absolute = Arrays.stream(differences).map(Math::abs).sum();
    double scale = Math.min((double) parts, MOST_CELLS / Math.max(absolute, Double.MIN_NORMAL));
    int[] cells = Arrays.stream(differences).mapToInt(d -> (int) Math.round(d * scale)).toArray();
    int total = Arrays.stream(cells).map(Math::abs).sum();
    int observed = Math.abs(Arrays.stream(cells).sum());
    double[] chance = new double[total + 1]; // of a sum of the differences that count as positive
    chance[0] = 1;
    int reached = 0;
    for (int cell : cells) {
      int size = Math.abs(cell);
      reached += size;
      for (int sum = reached; size > 0 && sum >= 0; sum--) {
        chance[sum] = (chance[sum] + (sum >= size ? chance[sum - size] : 0)) / 2;
      }
    }
    double p = 0;
    for (int sum = 0; sum <= total; sum++) {
      p += Math.abs(2 * sum - total) >= observed ? chance[sum] : 0;
    }
    return Math.min(1, p);
  }
}
