package org.r1zero.coldstart.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.verify.Problem;

class ShuffledProblemsTest {
  private static final List<Problem> PROBLEMS =
      IntStream.range(0, 10).mapToObj(i -> new Problem("p/" + i, "q" + i, "")).toList();
  private static final Dataset DATASET = new Dataset("ten", PROBLEMS, List.of());

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 10, 25})
  void eachEpochHasEveryProblemOnceInAnotherOrder(int count) {
    ShuffledProblems source = new ShuffledProblems(DATASET, 4);
    List<Problem> all = new ArrayList<>();
    for (long step = 0; all.size() < 50; step++) {
      List<Problem> some = problems(source, step, count);
      assertThat(some).hasSize(count);
      all.addAll(some);
    }
    List<List<Problem>> epochs =
        IntStream.range(0, 5).mapToObj(e -> all.subList(10 * e, 10 * e + 10)).toList();
    assertThat(epochs).allSatisfy(e -> assertThat(e).containsExactlyInAnyOrderElementsOf(PROBLEMS));
    assertThat(epochs).doesNotHaveDuplicates();
  }

  @Test
  void aStepIsAPureFunctionOfSeedAndStep() {
    ShuffledProblems source = new ShuffledProblems(DATASET, 4);
    List<Problem> late = problems(source, 1_000_000_007L, 4);
    List<Problem> early = problems(source, 2, 4);
    assertThat(problems(source, 1_000_000_007L, 4)).isEqualTo(late);
    assertThat(problems(new ShuffledProblems(DATASET, 4), 2, 4)).isEqualTo(early);
    assertThat(problems(new ShuffledProblems(DATASET, 5), 2, 4)).isNotEqualTo(early);
  }

  private static List<Problem> problems(ShuffledProblems source, long step, int count) {
    return LongStream.range(step * count, (step + 1) * count).mapToObj(source::problemAt).toList();
  }

  @Test
  void noProblemsIsAClearError() {
    assertThatThrownBy(() -> new ShuffledProblems(new Dataset("none", List.of(), List.of()), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there are no problems to train on");
  }

  @Test
  void partsTakeTurnsByTheirWeights() {
    Dataset mixed =
        new Dataset(
            "mixed",
            List.of(
                new Dataset.Part(PROBLEMS.subList(0, 3), 3),
                new Dataset.Part(List.of(), 5),
                new Dataset.Part(PROBLEMS.subList(3, 10), 1)),
            List.of(),
            List.of(),
            0);
    ShuffledProblems source = new ShuffledProblems(mixed, 4);
    List<Problem> drawn = problems(source, 0, 400);
    List<Problem> often = PROBLEMS.subList(0, 3);
    for (int n = 1; n <= 400; n++) {
      long first = drawn.subList(0, n).stream().filter(often::contains).count();
      assertThat((double) first).isBetween(0.75 * n - 1, 0.75 * n + 1);
    }
    for (Problem problem : often) {
      assertThat(drawn.stream().filter(problem::equals)).hasSize(100);
    }
    assertThat(problems(new ShuffledProblems(mixed, 4), 7, 50))
        .as("whatever was asked before")
        .isEqualTo(drawn.subList(350, 400));
  }

  @Test
  void candidatesAreOfThePartWhoseTurnItIs() {
    Dataset mixed =
        new Dataset(
            "mixed",
            List.of(
                new Dataset.Part(PROBLEMS.subList(0, 6), 2),
                new Dataset.Part(PROBLEMS.subList(6, 10), 1)),
            List.of(),
            List.of(),
            0);
    ShuffledProblems source = new ShuffledProblems(mixed, 4);
    assertThat(source.candidates(500)).isSameAs(source.candidates(503));
    for (long place = 0; place < 30; place++) {
      assertThat(source.candidates(place)).contains(source.problemAt(place));
    }
    assertThat(new ShuffledProblems(DATASET, 4).candidates(7)).isEqualTo(PROBLEMS);
  }
}
