package org.r1zero.grpo.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class KlEstimatorTest {

  @ParameterizedTest
  @CsvSource({
    // d = current - reference, k1, k2, k3 = exp(-d) + d - 1
    " 0,  0,  0,   0",
    "-1, -1,  0.5, 0.718281828459045",
    " 1,  1,  0.5, 0.367879441171442",
    " 3,  3,  4.5, 2.049787068367864"
  })
  void estimatesHaveTheirClosedForms(double d, double k1, double k2, double k3) {
    assertThat(KlEstimator.K1.value(d)).isEqualTo(k1);
    assertThat(KlEstimator.K2.value(d)).isEqualTo(k2);
    assertThat(KlEstimator.K3.value(d)).isCloseTo(k3, within(1e-12));
  }

  @Test
  void k3KeepsItsDigitsForTinyDifferences() {
    // d^2/2 for small d: exp(-d) + d - 1 would lose all digits here
    assertThat(KlEstimator.K3.value(-0x1p-20) / (0x1p-40 / 2)).isCloseTo(1, within(1e-3));
  }

  @ParameterizedTest
  @EnumSource(KlEstimator.class)
  void slopeEqualsFiniteDifferences(KlEstimator estimator) {
    for (double d : new double[] {0, -1, 1, 3.7}) {
      double step = 1e-6;
      double slope = (estimator.value(d + step) - estimator.value(d - step)) / (2 * step);
      assertThat(estimator.slope(d)).as("at %s", d).isCloseTo(slope, within(1e-7));
    }
  }

  /** Over two tokens the mean under the policy is the divergence: exactly for k1 and k3. */
  @Test
  void k1AndK3AreUnbiased() {
    double[] policy = {0.7, 0.3};
    double[] reference = {0.4, 0.6};
    double divergence = 0;
    double k3 = 0;
    for (int token = 0; token < 2; token++) {
      double d = Math.log(policy[token] / reference[token]);
      divergence += policy[token] * KlEstimator.K1.value(d);
      k3 += policy[token] * KlEstimator.K3.value(d);
    }
    assertThat(divergence).isCloseTo(0.7 * Math.log(1.75) + 0.3 * Math.log(0.5), within(1e-12));
    assertThat(k3).isCloseTo(divergence, within(1e-12));
  }
}
