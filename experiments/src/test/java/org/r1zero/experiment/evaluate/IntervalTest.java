package org.r1zero.experiment.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class IntervalTest {

  @Test
  void isNearTheNormalIntervalOfManyCoinTosses() {
    double[] values = new double[400];
    Arrays.fill(values, 0, 100, 1);
    Interval interval = Interval.bootstrap(values, 7);
    double half = 1.96 * Math.sqrt(0.25 * 0.75 / 400);
    assertThat(interval.mean()).isEqualTo(0.25);
    assertThat(interval.low()).isCloseTo(0.25 - half, within(0.008));
    assertThat(interval.high()).isCloseTo(0.25 + half, within(0.008));
  }

  @Test
  void hasNoWidthWhereAllProblemsAgree() {
    assertThat(Interval.bootstrap(new double[] {1, 1, 1}, 1)).isEqualTo(new Interval(1, 1, 1));
  }

  @Test
  void isTheSameForTheSameSeed() {
    double[] values = {0, 1, 0.5, 0.25, 1, 0};
    assertThat(Interval.bootstrap(values, 3)).isEqualTo(Interval.bootstrap(values, 3));
  }

  @Test
  void printsPerCent() {
    assertThat(new Interval(0.125, 0.09, 0.16)).hasToString("12.5 % [9.0, 16.0]");
  }
}
