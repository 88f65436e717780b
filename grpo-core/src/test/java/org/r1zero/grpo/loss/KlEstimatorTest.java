package org.r1zero.grpo.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KlEstimatorTest {

  @ParameterizedTest
  @CsvSource({
    // current, reference, exp(d) - d - 1 with d = reference - current
    "-1,   -1,   0",
    "-2,   -1,   0.718281828459045",
    "-1,   -2,   0.367879441171442",
    "-0.5, -3.5, 2.049787068367864"
  })
  void k3IsZeroAtEqualityAndPositiveElsewhere(double current, double reference, double expected) {
    assertThat(KlEstimator.k3(current, reference)).isCloseTo(expected, within(1e-12));
  }

  @Test
  void k3KeepsItsDigitsForTinyDifferences() {
    // d^2/2 for small d: exp(d) - d - 1 would lose all digits here
    assertThat(KlEstimator.k3(-1, -1 + 0x1p-20) / (0x1p-40 / 2)).isCloseTo(1, within(1e-3));
  }

  @ParameterizedTest
  @CsvSource({"-1, -1", "-2, -1", "-1, -2", "-0.3, -4"})
  void gradientEqualsFiniteDifferences(double current, double reference) {
    double step = 1e-6;
    double slope =
        (KlEstimator.k3(current + step, reference) - KlEstimator.k3(current - step, reference))
            / (2 * step);
    assertThat(KlEstimator.k3Gradient(current, reference)).isCloseTo(slope, within(1e-7));
  }
}
