package org.r1zero.experiment.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.apache.commons.math3.distribution.BetaDistribution;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.apache.commons.math3.random.MersenneTwister;
import org.junit.jupiter.api.Test;

class IntervalTest {

  @Test
  void isNearTheNormalIntervalOfManyCoinTosses() {
    double[] values = new double[400];
    Arrays.fill(values, 0, 100, 1);
    Interval interval = Interval.ofShares(values, 1);
    double half = 1.96 * Math.sqrt(0.25 * 0.75 / 400);
    assertThat(interval.mean()).isEqualTo(0.25);
    assertThat(interval.low()).isCloseTo(0.25 - half, within(0.008));
    assertThat(interval.high()).isCloseTo(0.25 + half, within(0.008));
  }

  @Test
  void hasAWidthWhereAllProblemsAgree() {
    double[] right = new double[100];
    Arrays.fill(right, 1);
    assertThat(Interval.ofShares(right, 16)).hasToString("100.0 % [96.3, 100.0]");
    assertThat(Interval.ofShares(new double[4], 16)).hasToString("0.0 % [0.0, 49.0]");
    Arrays.fill(right, 0.5);
    Interval half = Interval.ofShares(right, 4);
    assertThat(half.high() - half.low()).as("as of 400 samples").isCloseTo(0.098, within(0.001));
  }

  @Test
  void samplesOfOneProblemCountAsOneWhereTheyAgree() {
    double[] values = new double[50];
    Arrays.fill(values, 0, 10, 1);
    assertThat(Interval.ofShares(values, 16)).isEqualTo(Interval.ofShares(values, 1));
  }

  @Test
  void trainingsThatDifferMakeItWider() {
    double[] values = new double[300];
    Arrays.fill(values, 0, 150, 1);
    Interval alike = Interval.ofShares(values, 4, 0.5, 0.5, 0.5);
    Interval different = Interval.ofShares(values, 4, 0.4, 0.5, 0.6);
    assertThat(alike).isEqualTo(Interval.ofShares(values, 4));
    assertThat(different.high() - different.low())
        .isCloseTo(2 * 1.96 * Math.hypot(Math.sqrt(0.25 / 300), 0.1 / Math.sqrt(3)), within(0.02));
  }

  @Test
  void ofMeansIsStudents() {
    // by hand: mean 4, variance 4, t of 2 degrees of freedom 4.302653
    Interval interval = Interval.ofMeans(new double[] {2, 4, 6});
    assertThat(interval.mean()).isEqualTo(4);
    assertThat(interval.high() - 4).isCloseTo(4.302653 * 2 / Math.sqrt(3), within(1e-5));
    assertThat(Interval.ofMeans(new double[] {3})).isEqualTo(new Interval(3, 3, 3));
  }

  /** docs/evaluation.md has the table of more cases; the percentile bootstrap holds 8 to 92 %. */
  @Test
  void holdsTheTruthAboutAsOftenAsItSays() {
    MersenneTwister random = new MersenneTwister(1);
    for (double share : new double[] {0.02, 0.1, 0.5, 0.98}) {
      double times = 1 / 0.3 - 1; // samples of a problem correlate by 0.3
      BetaDistribution skill = new BetaDistribution(random, share * times, (1 - share) * times);
      int held = 0;
      for (int trial = 0; trial < 400; trial++) {
        double[] problems = new double[50];
        for (int p = 0; p < problems.length; p++) {
          problems[p] = new BinomialDistribution(random, 4, skill.sample()).sample() / 4.0;
        }
        Interval interval = Interval.ofShares(problems, 4);
        held += interval.low() <= share && share <= interval.high() ? 1 : 0;
      }
      assertThat(held / 400.0).as("coverage at " + share).isBetween(0.91, 0.995);
    }
  }

  @Test
  void printsPerCent() {
    assertThat(new Interval(0.125, 0.09, 0.16)).hasToString("12.5 % [9.0, 16.0]");
  }
}
