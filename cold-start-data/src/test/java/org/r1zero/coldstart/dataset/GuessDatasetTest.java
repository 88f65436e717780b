package org.r1zero.coldstart.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.r1zero.verify.Problem;

class GuessDatasetTest {
  private static final Pattern RANGE = Pattern.compile("from (\\d+) to (\\d+)\\.");

  @Test
  void withoutAWidthEachNumberIsAProblem() {
    Dataset dataset = load("{'low': 5, 'high': 14, 'held_out': 3}", 1);
    assertThat(dataset.heldOut()).hasSize(3);
    assertThat(both(dataset).stream().map(p -> Integer.parseInt(p.gold())))
        .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(5, 14).boxed().toList());
    assertThat(both(dataset)).allMatch(p -> p.question().contains("from 5 to 14."));
  }

  @Test
  void withAWidthEachNumberOfEachRangeIs() {
    Dataset dataset = load("{'high': 20, 'width': 8}", 1);
    assertThat(both(dataset)).hasSize(13 * 8).doesNotHaveDuplicates();
    assertThat(both(dataset).stream().map(Problem::id).distinct()).hasSize(13 * 8);
    for (Problem problem : both(dataset)) {
      Matcher range = RANGE.matcher(problem.question());
      assertThat(range.find()).as(problem.question()).isTrue();
      int low = Integer.parseInt(range.group(1));
      int high = Integer.parseInt(range.group(2));
      assertThat(high - low).isEqualTo(7);
      assertThat(low).isBetween(1, 13);
      assertThat(Integer.parseInt(problem.gold())).isBetween(low, high);
    }
    assertThat(load("{'high': 20, 'width': 8}", 1)).isEqualTo(dataset);
    assertThat(load("{'high': 20, 'width': 8}", 2)).isNotEqualTo(dataset);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'high': 20, 'width': 21} | width must be from 2 to 20, was 21",
        "{'high': 20, 'width': 1}  | width must be from 2 to 20, was 1",
        "{'high': 100000, 'width': 50000} | width must leave at most 1000000 problems",
        "{'high': 5, 'held_out': 5} | held_out must be < 5, was 5",
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

  private static List<Problem> both(Dataset dataset) {
    List<Problem> all = new ArrayList<>(dataset.train());
    all.addAll(dataset.heldOut());
    return all;
  }
}
