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

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 10, 25})
  void eachEpochHasEveryProblemOnceInAnotherOrder(int count) {
    ShuffledProblems source = new ShuffledProblems(PROBLEMS, 4);
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
    ShuffledProblems source = new ShuffledProblems(PROBLEMS, 4);
    List<Problem> late = problems(source, 1_000_000_007L, 4);
    List<Problem> early = problems(source, 2, 4);
    assertThat(problems(source, 1_000_000_007L, 4)).isEqualTo(late);
    assertThat(problems(new ShuffledProblems(PROBLEMS, 4), 2, 4)).isEqualTo(early);
    assertThat(problems(new ShuffledProblems(PROBLEMS, 5), 2, 4)).isNotEqualTo(early);
  }

  private static List<Problem> problems(ShuffledProblems source, long step, int count) {
    return LongStream.range(step * count, (step + 1) * count).mapToObj(source::problemAt).toList();
  }

  @Test
  void noProblemsIsAClearError() {
    assertThatThrownBy(() -> new ShuffledProblems(List.of(), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there are no problems to train on");
  }
}
