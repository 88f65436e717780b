package org.r1zero.rollout.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplingConfigTest {

  @Test
  void defaultsSampleFromThePolicyItself() {
    assertThat(SamplingConfig.defaults())
        .isEqualTo(new SamplingConfig(1, 0, 1, 0, 128, List.of(), 0, 0));
  }

  @Test
  void withTemperatureKeepsTheRest() {
    SamplingConfig config = new SamplingConfig(1, 5, 0.9, 0.1, 7, List.of("end"), 3);
    assertThat(config.withTemperature(0))
        .isEqualTo(new SamplingConfig(0, 5, 0.9, 0.1, 7, List.of("end"), 3));
  }

  @Test
  void promptsAreReadInPartsOfAtLeastOneToken() {
    SamplingConfig config = SamplingConfig.defaults().withPrefillChunk(512);
    assertThat(config.withTemperature(0).prefillChunk()).isEqualTo(512);
    assertThatThrownBy(() -> config.withPrefillChunk(0))
        .hasMessageStartingWith("prefill_chunk must be >= 1, was 0");
  }

  @Test
  void namesAllFaultsAtOnce() {
    assertThatThrownBy(() -> new SamplingConfig(-1, -1, 0, 1, 0, List.of(""), -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            "temperature", "top_k", "top_p", "min_p", "max_new_tokens", "max_batch", "stop");
  }

  @ParameterizedTest
  @CsvSource({
    "NaN, 1, 0, temperature",
    "101, 1, 0, temperature",
    "1e-40, 1, 0, temperature",
    "0.001, 1, 0, temperature",
    "1, NaN, 0, top_p",
    "1, 1.01, 0, top_p",
    "1, 1, NaN, min_p",
    "1, 1, -0.1, min_p"
  })
  void refusesWhatIsOutOfRange(double temperature, double topP, double minP, String key) {
    assertThatThrownBy(() -> new SamplingConfig(temperature, 0, topP, minP, 1, List.of(), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(key + " must be ");
  }

  @Test
  void greedyAndTheEndsOfRangesAreFine() {
    assertThat(new SamplingConfig(0, 0, 1, 0, 1, List.of(), 1).temperature()).isZero();
    assertThat(new SamplingConfig(0.01, 1, 1e-9, 0.999, 1, List.of(), 1).topK()).isOne();
    assertThat(new SamplingConfig(100, 1, 1, 0, 1, List.of("a"), 1).stop()).containsExactly("a");
  }
}
