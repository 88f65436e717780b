package org.r1zero.grpo.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopEntropyMaskTest {

  @ParameterizedTest
  @CsvSource({"1, -Infinity", "0, 5", "0.5, 3", "0.25, 4", "0.2, 4.2"})
  void thresholdIsTheQuantileFromAbove(double quantile, float threshold) {
    assertThat(new TopEntropyMask(quantile).threshold(new float[] {5, 1, 4, 2, 3}))
        .isEqualTo(threshold);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.2, 0.999})
  void nothingIsKeptOfNothingAndTheOneOfOne(double quantile) {
    TopEntropyMask mask = new TopEntropyMask(quantile);
    assertThat(mask.threshold(new float[0])).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(mask.threshold(new float[] {0.5f})).isEqualTo(0.5f);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
  void aShareIsBetween0And1(double quantile) {
    assertThatThrownBy(() -> new TopEntropyMask(quantile))
        .hasMessageContaining("top_entropy_quantile must be in [0, 1], was " + quantile);
  }
}
