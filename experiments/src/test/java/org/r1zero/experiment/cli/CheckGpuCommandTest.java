package org.r1zero.experiment.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class CheckGpuCommandTest {
  @Test
  void cpuAgreesWithItselfAndIsTimed() throws IOException {
    Ran ran =
        Ran.command(
            "check-gpu",
            "--device",
            "cpu",
            "--sequences",
            "3,16",
            "--prompt",
            "8",
            "--repeats",
            "1",
            "--json");
    assertThat(ran.code()).as(ran.err() + ran.out()).isZero();
    assertThat(ran.out().lines().filter(line -> line.endsWith("| ok   |"))).hasSize(12);
    assertThat(ran.out())
        .contains("- device cpu")
        .contains("| log-probs in fp32, nats ")
        .contains("| tokens sampled differently in fp32, share ")
        .contains("| tiny  | decoding step of 3 sequences ")
        .contains("| tiny  | decoding step of 16 sequences ")
        .contains("| tiny  | forward and backward pass of 128 tokens ")
        .contains("All numbers agree.");
    assertThat(ran.json().at("/passed").asBoolean()).isTrue();
    assertThat(ran.json().at("/compared")).hasSize(12);
    assertThat(ran.json().at("/timed/0/ms").asDouble()).isPositive();
    assertThat(ran.json().at("/timed")).hasSize(5);
  }

  @Test
  void missingGpuIsSaid() {
    Ran ran = Ran.command("check-gpu", "--device", "cuda:77");
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("device cuda:77 was asked for, but libtorch sees ");
  }

  @Test
  void unknownShapeIsRefused() {
    Ran ran = Ran.command("check-gpu", "--device", "cpu", "--shapes", "tiny,70b");
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("--shapes must be among [tiny, 135m, 1.5b, 7b], was 70b");
  }
}
