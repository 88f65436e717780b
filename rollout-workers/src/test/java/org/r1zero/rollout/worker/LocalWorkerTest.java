package org.r1zero.rollout.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.r1zero.rollout.generation.GenerationRequest;
import org.r1zero.rollout.generation.SamplingConfig;

class LocalWorkerTest {
  @Test
  void oneThatWasEndedCanBeEndedAgainAndIsLostToWhoeverAsks() throws Exception {
    GeneratorHost host =
        new GeneratorHost(
            slot -> {
              throw new AssertionError("no weights are needed");
            },
            0);
    LocalWorker worker =
        new LocalWorker(1, host, config -> (tokens, length) -> false, Duration.ofSeconds(10));
    worker.destroy();
    worker.destroy();
    assertThat(worker.awaitEnd(Duration.ofSeconds(10))).isTrue();
    worker.rest();
    assertThatThrownBy(
            () ->
                worker.run(
                    WorkUnit.cut(
                            List.of(new GenerationRequest(new int[] {1}, new long[] {1})), 0, 0)
                        .get(0),
                    new SamplingConfig(1, 0, 1, 0, 4, List.of(), 64),
                    new Weights(0, 0),
                    status -> {}))
        .isInstanceOf(WorkerLostException.class)
        .hasMessage("it was ended");
  }
}
