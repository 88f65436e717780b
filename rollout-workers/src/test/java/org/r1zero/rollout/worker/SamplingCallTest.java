package org.r1zero.rollout.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.r1zero.rollout.generation.GenerationRequest;
import org.r1zero.rollout.generation.SamplingConfig;

class SamplingCallTest {
  private static SamplingCall call(int units) {
    return new SamplingCall(
        IntStream.range(0, units)
            .mapToObj(
                i ->
                    new WorkUnit(
                        i,
                        List.of(new GenerationRequest(new int[] {1}, new long[] {i}, List.of(), 0)),
                        List.of()))
            .toList(),
        new SamplingConfig(1, 0, 1, 0, 4, List.of(), 4),
        new Weights(0, 1),
        status -> {});
  }

  @Test
  void aWorkerTakesItsOwnStretchFirstAndThenTheEndsOfOthers() {
    SamplingCall call = call(6);
    assertThat(call.take(1, 2)).isEqualTo(3);
    assertThat(call.take(0, 2)).isEqualTo(0);
    assertThat(call.take(1, 2)).isEqualTo(4);
    assertThat(call.take(1, 2)).isEqualTo(5);
    assertThat(call.take(1, 2)).isEqualTo(2);
    assertThat(call.take(0, 2)).isEqualTo(1);
    assertThat(call.take(0, 2)).isEqualTo(-1);
  }

  @Test
  void aLostUnitIsTakenByWhoeverComesNext() {
    SamplingCall call = call(4);
    assertThat(call.take(0, 2)).isEqualTo(0);
    call.putBack(0);
    assertThat(call.take(1, 2)).isEqualTo(0);
    assertThat(call.take(1, 2)).isEqualTo(2);
  }

  @Test
  void everyUnitIsTakenOnceWhateverTheNumberOfWorkers() {
    for (int workers = 1; workers <= 5; workers++) {
      SamplingCall call = call(7);
      int n = workers;
      assertThat(IntStream.range(0, 7).map(i -> call.take(i % n, n)).sorted())
          .containsExactly(0, 1, 2, 3, 4, 5, 6);
      assertThat(call.take(0, n)).isEqualTo(-1);
    }
  }
}
