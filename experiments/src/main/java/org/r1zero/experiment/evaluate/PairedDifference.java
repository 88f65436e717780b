package org.r1zero.experiment.evaluate;

import java.util.Arrays;
import org.apache.commons.math3.random.MersenneTwister;
import org.apache.commons.math3.stat.StatUtils;

/**
 * The difference of two arms that were measured on the same problems, first minus second: three 95
 * % intervals and an exact test. docs/evaluation.md says why there are several.
 *
 * @param mean of the problems' differences, seeds averaged
 * @param overProblems percentile bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap,
 *     1993, chapter 13) where problems alone are drawn again
 * @param overSeeds the same where each arm's seeds are drawn again too: what other trainings could
 *     have given. Equals {@code overProblems} with one seed per arm.
 * @param score from both arms' own intervals (Newcombe, Statistics in Medicine 17, 1998, method 10;
 *     Zou and Donner, Statistics in Medicine 27, 2008): it has a width where all problems agree
 * @param p of {@link SignFlipTest}
 * @param replicated whether every trained arm was trained more than once
 */
public record PairedDifference(
    double mean,
    Interval overProblems,
    Interval overSeeds,
    Interval score,
    double p,
    boolean replicated) {
  private static final double SIGNIFICANT = 0.05;
  private static final int OVER_PROBLEMS = 2000;
  private static final int OVER_SEEDS = 4000;

  /** What the difference allows to say. */
  public enum Verdict {
    /** No interval holds zero, the exact test agrees, and trainings were repeated. */
    DIFFERENT,
    /** These models differ, but of each way of training there is one only. */
    ONE_SEED,
    /** The intervals and the test do not all tell the arms apart. */
    NOT_SIGNIFICANT
  }

  /**
   * What an arm was measured at.
   *
   * @param values {@code [seed][problem]}: the mean over the problem's samples
   * @param samples per problem
   * @param isShare whether values are from 0 to 1
   * @param isTrained whether its seeds are trainings; a base model has none
   */
  public record Measured(double[][] values, int samples, boolean isShare, boolean isTrained) {

    /** The mean with its interval over problems. */
    public Interval overProblems() {
      return interval(new double[0]);
    }

    /** The mean with its interval over problems and trainings. */
    public Interval overSeeds() {
      return interval(ofSeeds());
    }

    /** The mean of each seed. */
    public double[] ofSeeds() {
      return Arrays.stream(values).mapToDouble(StatUtils::mean).toArray();
    }

    private Interval interval(double[] trainings) {
      return isShare
          ? Interval.ofShares(ofProblems(), samples * values.length, trainings)
          : Interval.ofMeans(ofProblems(), trainings);
    }

    /** The mean over seeds of each problem. */
    double[] ofProblems() {
      double[] means = new double[values[0].length];
      for (double[] run : values) {
        for (int p = 0; p < means.length; p++) {
          means[p] += run[p] / values.length;
        }
      }
      return means;
    }
  }

  /** What it allows to say. */
  public Verdict verdict() {
    boolean holdsZero = low() <= 0 && high() >= 0;
    if (holdsZero || p >= SIGNIFICANT) {
      return Verdict.NOT_SIGNIFICANT;
    }
    return replicated ? Verdict.DIFFERENT : Verdict.ONE_SEED;
  }

  /** The lowest end of the intervals. */
  public double low() {
    return Math.min(score.low(), Math.min(overProblems.low(), overSeeds.low()));
  }

  /** The highest end of the intervals. */
  public double high() {
    return Math.max(score.high(), Math.max(overProblems.high(), overSeeds.high()));
  }

  /**
   * Compares arms that answered the same problems.
   *
   * @param first the values are in the order of the same problems as the second one's
   * @param seed of the draws
   */
  public static PairedDifference of(Measured first, Measured second, long seed) {
    double[] a = first.ofProblems();
    double[] b = second.ofProblems();
    if (a.length != b.length) {
      throw new IllegalArgumentException(
          "both arms need values of the same problems, had " + a.length + " and " + b.length);
    }
    double[] differences = new double[a.length];
    Arrays.setAll(differences, p -> a[p] - b[p]);
    double mean = StatUtils.mean(differences);
    int seeds = Math.max(first.values().length, second.values().length);
    Interval overProblems =
        bootstrap(new double[][] {a}, new double[][] {b}, mean, OVER_PROBLEMS, seed);
    return new PairedDifference(
        mean,
        overProblems,
        seeds == 1
            ? overProblems
            : bootstrap(first.values(), second.values(), mean, OVER_SEEDS, seed),
        score(first.overSeeds(), second.overSeeds(), correlation(a, b), mean),
        SignFlipTest.p(
            differences,
            (long) first.samples()
                * second.samples()
                * first.values().length
                * second.values().length),
        isReplicated(first) && isReplicated(second));
  }

  private static boolean isReplicated(Measured arm) {
    return !arm.isTrained() || arm.values().length > 1;
  }

  private static Interval bootstrap(
      double[][] first, double[][] second, double mean, int resamples, long seed) {
    MersenneTwister random = new MersenneTwister(seed);
    int problems = first[0].length;
    int[] drawn = new int[problems];
    double[] means = new double[resamples];
    for (int i = 0; i < resamples; i++) {
      Arrays.setAll(drawn, p -> random.nextInt(problems));
      means[i] = drawnMean(first, drawn, random) - drawnMean(second, drawn, random);
    }
    Arrays.sort(means);
    return new Interval(mean, StatUtils.percentile(means, 2.5), StatUtils.percentile(means, 97.5));
  }

  private static double drawnMean(double[][] values, int[] problems, MersenneTwister random) {
    double sum = 0;
    for (int s = 0; s < values.length; s++) {
      double[] run = values.length == 1 ? values[0] : values[random.nextInt(values.length)];
      for (int problem : problems) {
        sum += run[problem];
      }
    }
    return sum / values.length / problems.length;
  }

  private static Interval score(Interval a, Interval b, double correlation, double mean) {
    double down = side(a.mean() - a.low(), b.high() - b.mean(), correlation);
    double up = side(a.high() - a.mean(), b.mean() - b.low(), correlation);
    return new Interval(mean, mean - down, mean + up);
  }

  private static double side(double own, double other, double correlation) {
    return Math.sqrt(Math.max(0, own * own + other * other - 2 * correlation * own * other));
  }

  /** With Newcombe's correction, which keeps a perfect correlation from ending all doubt. */
  private static double correlation(double[] a, double[] b) {
    int n = a.length;
    double meanA = StatUtils.mean(a);
    double meanB = StatUtils.mean(b);
    double covariance = 0;
    for (int p = 0; p < n; p++) {
      covariance += (a[p] - meanA) * (b[p] - meanB) / n;
    }
    double corrected = covariance > 0 ? Math.max(0, covariance - 0.5 / n) : covariance;
    double scale = Math.sqrt(StatUtils.populationVariance(a) * StatUtils.populationVariance(b));
    return scale == 0 ? 0 : corrected / scale;
  }
}
