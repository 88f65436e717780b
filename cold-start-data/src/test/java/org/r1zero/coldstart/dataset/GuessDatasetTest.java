package org.r1zero.coldstart.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.r1zero.verify.Problem;

class GuessDatasetTest {
  @Test
  void eachNumberIsAProblem() {
    Dataset dataset = load("{'low': 5, 'high': 14, 'held_out': 3}", 1);
    assertThat(dataset.heldOut()).hasSize(3);
    List<Problem> both = new ArrayList<>(dataset.train());
    both.addAll(dataset.heldOut());
    assertThat(both.stream().map(p -> Integer.parseInt(p.gold())))
        .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(5, 14).boxed().toList());
    assertThat(both).allMatch(p -> p.question().contains("from 5 to 14."));
    assertThat(load("{'low': 5, 'high': 14, 'held_out': 3}", 1)).isEqualTo(dataset);
    assertThat(load("{'low': 5, 'high': 14, 'held_out': 3}", 2)).isNotEqualTo(dataset);
  }

  @Test
  void withNothingHeldOutAllNumbersAreTrainedOnAndEvaluated() {
    Dataset dataset = load("{'high': 20, 'held_out': 0}", 1);
    assertThat(dataset.train()).hasSize(20);
    assertThat(dataset.heldOut()).containsExactlyInAnyOrderElementsOf(dataset.train());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'high': 5, 'held_out': 5} | held_out must be a whole number from 0 to 4, was 5",
        "{'high': 5, 'held_out': -1} | held_out must be a whole number from 0 to 4, was -1",
        "{'low': 9, 'high': 3} | low and high must be low < high",
      })
  void wrongOptionsAreErrors(String options, String message) {
    assertThatThrownBy(() -> load(options, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private static Dataset load(String options, long seed) {
    return Datasets.load("guess", Options.json(options), seed, List.of());
  }
}
