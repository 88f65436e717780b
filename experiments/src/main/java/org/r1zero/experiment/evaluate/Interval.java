package org.r1zero.experiment.evaluate;

import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.StatUtils;

/**
 * A mean with its 95 % interval. Problems are independent, the samples of one problem are not: so
 * both kinds of interval start from one value per problem. Nothing is drawn, so the same
 * completions have the same interval wherever they are shown.
 *
 * @param mean of the problems' values
 * @param low lower end
 * @param high upper end
 */
public record Interval(double mean, double low, double high) {
  private static final double UPPER = 0.975;
  private static final double Z = new NormalDistribution().inverseCumulativeProbability(UPPER);

  /**
   * The interval of a share: Wilson's (1927), with the effective number of samples in the place of
   * their number (Korn and Graubard, Survey Methodology 24, 1998: the variance between problems
   * says how many independent samples the completions are worth). It has a width where all problems
   * agree, and no end outside 0 to 1; with one sample per problem it is Wilson's own.
   *
   * @param problems one share per problem, at least one
   * @param samples completions per problem
   * @param trainings the mean of each training where there are several, whose spread counts too
   */
  public static Interval ofShares(double[] problems, int samples, double... trainings) {
    double share = mean(problems, trainings);
    double n = problems.length;
    double binomial = share * (1 - share);
    double between = StatUtils.populationVariance(problems) / n;
    double effective = n;
    if (binomial > 0 && n > 1) {
      double shrunk = Z / quantile(n - 1);
      double worth = between == 0 ? n * samples : binomial / between * shrunk * shrunk;
      effective = Math.max(n, Math.min(n * samples, worth));
    }
    if (binomial > 0) {
      effective = 1 / (1 / effective + ofTrainings(trainings) / binomial);
    }
    double shift = Z * Z / effective;
    double centre = (share + shift / 2) / (1 + shift);
    double half = Z / (1 + shift) * Math.sqrt(binomial / effective + shift / effective / 4);
    return new Interval(
        share,
        Math.min(share, Math.max(0, centre - half)),
        Math.max(share, Math.min(1, centre + half)));
  }

  /**
   * Student's interval of a mean that is not a share, such as of lengths. Of one problem alone it
   * has no width: there is nothing to tell it from.
   *
   * @param problems one value per problem, at least one
   * @param trainings the mean of each training where there are several, whose spread counts too
   */
  public static Interval ofMeans(double[] problems, double... trainings) {
    double mean = mean(problems, trainings);
    int n = problems.length;
    double ofProblems = n < 2 ? 0 : quantile(n - 1) * Math.sqrt(StatUtils.variance(problems) / n);
    double half = Math.hypot(ofProblems, Z * Math.sqrt(ofTrainings(trainings)));
    return new Interval(mean, mean - half, mean + half);
  }

  private static double mean(double[] problems, double[] trainings) {
    return StatUtils.mean(trainings.length == 0 ? problems : trainings);
  }

  private static double ofTrainings(double[] trainings) {
    return trainings.length < 2 ? 0 : StatUtils.variance(trainings) / trainings.length;
  }

  private static double quantile(double degreesOfFreedom) {
    return new TDistribution(degreesOfFreedom).inverseCumulativeProbability(UPPER);
  }

  /** As per cent, such as {@code 12.5 % [9.0, 16.0]}. */
  @Override
  public String toString() {
    return String.format(
        java.util.Locale.ROOT, "%.1f %% [%.1f, %.1f]", 100 * mean, 100 * low, 100 * high);
  }
}
