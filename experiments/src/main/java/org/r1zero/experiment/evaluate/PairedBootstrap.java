package org.r1zero.experiment.evaluate;

import java.util.Arrays;
import org.apache.commons.math3.random.MersenneTwister;
import org.apache.commons.math3.stat.StatUtils;

/**
 * The difference of two arms that were measured on the same problems, with 95 % intervals (Efron
 * and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13: percentile intervals).
 */
public final class PairedBootstrap {
  private static final int RESAMPLES = 4000;

  private PairedBootstrap() {}

  /**
   * A difference, first arm minus second.
   *
   * @param mean of the problems' differences, seeds averaged
   * @param overProblems interval where problems alone are drawn again
   * @param overSeeds interval where problems, and each arm's seeds, are drawn again: what another
   *     training run could have given too. Equals {@code overProblems} with one seed an arm.
   */
  public record Difference(double mean, Interval overProblems, Interval overSeeds) {

    /** Whether the wider interval holds zero: then the data do not tell the arms apart. */
    public boolean isWithinNoise() {
      double low = Math.min(overProblems.low(), overSeeds.low());
      double high = Math.max(overProblems.high(), overSeeds.high());
      return low <= 0 && high >= 0;
    }
  }

  /**
   * Compares.
   *
   * @param first {@code [seed][problem]}, each value a problem's share of right samples
   * @param second the same of the other arm, over the same problems in the same order
   * @param seed of the draws
   */
  public static Difference compare(double[][] first, double[][] second, long seed) {
    int problems = first[0].length;
    for (double[] values : second) {
      if (values.length != problems) {
        throw new IllegalArgumentException(
            "both arms need values of the same problems, had "
                + problems
                + " and "
                + values.length);
      }
    }
    double[] a = means(first);
    double[] b = means(second);
    double[] differences = new double[problems];
    Arrays.setAll(differences, p -> a[p] - b[p]);
    double mean = StatUtils.mean(differences);
    Interval overProblems = Interval.bootstrap(differences, seed);
    boolean oneSeed = first.length == 1 && second.length == 1;
    return new Difference(
        mean, overProblems, oneSeed ? overProblems : overSeeds(first, second, mean, seed));
  }

  /**
   * One arm's mean with both intervals.
   *
   * @param values {@code [seed][problem]}
   */
  public static Difference single(double[][] values, long seed) {
    return compare(values, new double[][] {new double[values[0].length]}, seed);
  }

  private static Interval overSeeds(double[][] first, double[][] second, double mean, long seed) {
    MersenneTwister random = new MersenneTwister(seed);
    int problems = first[0].length;
    int[] drawn = new int[problems];
    double[] means = new double[RESAMPLES];
    for (int i = 0; i < RESAMPLES; i++) {
      Arrays.setAll(drawn, p -> random.nextInt(problems));
      means[i] = drawnMean(first, drawn, random) - drawnMean(second, drawn, random);
    }
    Arrays.sort(means);
    return new Interval(mean, StatUtils.percentile(means, 2.5), StatUtils.percentile(means, 97.5));
  }

  private static double drawnMean(double[][] values, int[] problems, MersenneTwister random) {
    double sum = 0;
    for (int s = 0; s < values.length; s++) {
      double[] run = values[random.nextInt(values.length)];
      for (int problem : problems) {
        sum += run[problem];
      }
    }
    return sum / values.length / problems.length;
  }

  /** The mean over seeds of each problem. */
  static double[] means(double[][] values) {
    double[] means = new double[values[0].length];
    for (double[] run : values) {
      for (int p = 0; p < means.length; p++) {
        means[p] += run[p] / values.length;
      }
    }
    return means;
  }
}
