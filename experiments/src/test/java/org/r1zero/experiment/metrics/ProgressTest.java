package org.r1zero.experiment.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.r1zero.rollout.worker.SamplingStatus;

class ProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  @Test
  void aTerminalShowsHowFarSamplingIsAndTheCacheInUse() {
    progress(true).rollouts(4, status());
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .contains("step 5/20: sampling, 6 done, 3 running, 7 waiting")
        .contains("cache 75 %")
        .contains("2 workers replaced");
  }

  @Test
  void elsewhereNothingIsRenewed() {
    progress(false).rollouts(4, status());
    assertThat(bytes.size()).isZero();
  }

  private static SamplingStatus status() {
    return new SamplingStatus(6, 3, 7, 900, new SamplingStatus.Cache(300, 400), 2, 2);
  }

  private Progress progress(boolean terminal) {
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    return new Progress(out, 20, "number", terminal);
  }
}
