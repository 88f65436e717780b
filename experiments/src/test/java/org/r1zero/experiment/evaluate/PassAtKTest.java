package org.r1zero.experiment.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PassAtKTest {

  /** By hand: 1 - C(n-c, k) / C(n, k). */
  @ParameterizedTest
  @CsvSource({
    "4, 0, 1, 0",
    "4, 0, 4, 0",
    "4, 1, 1, 0.25",
    "4, 1, 2, 0.5",
    "4, 1, 4, 1",
    "10, 3, 2, 0.5333333333333333",
    "10, 3, 5, 0.9166666666666667",
    "16, 16, 1, 1",
    "16, 2, 8, 0.7666666666666667",
  })
  void equalsTheBinomialFormula(int n, int c, int k, double expected) {
    assertThat(PassAtK.estimate(n, c, k)).isCloseTo(expected, within(1e-12));
  }

  @ParameterizedTest
  @CsvSource({"4, 1, 5", "4, 5, 1", "4, -1, 1", "4, 1, 0"})
  void refusesWhatHasNoMeaning(int n, int c, int k) {
    assertThatThrownBy(() -> PassAtK.estimate(n, c, k))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 <= k <= n");
  }
}
