package org.r1zero.experiment.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

class GenerateBenchCommandTest {

  @Test
  void measuresTheEmbeddedModel() throws Exception {
    Ran ran =
        Ran.command(
            "bench",
            "generate",
            "--model",
            "embedded",
            "--dtype",
            "bf16",
            "--problems",
            "2",
            "--group",
            "3",
            "--prompt",
            "10",
            "--new",
            "40",
            "--lengths",
            "spread",
            "--json");
    assertThat(ran.code()).isZero();
    JsonNode result = ran.json();
    assertThat(result.get("sequences").asInt()).isEqualTo(6);
    assertThat(result.get("tokens").asInt()).isBetween(6 * 16, 6 * 40);
    assertThat(result.get("tokens_per_s").asDouble()).isPositive();
    assertThat(result.get("seconds").asDouble()).isPositive();
    assertThat(result.get("peak_rss_mb").asDouble()).isPositive();
    assertThat(result.get("roofline_share").asDouble()).isBetween(0.0, 1.5);
  }

  @Test
  void namesWhatIsWrong() {
    Ran ran = Ran.command("bench", "generate", "--model", "embedded", "--group", "0", "--new", "0");
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("--group must be >= 1, was 0; --new must be >= 1, was 0");
    assertThat(Ran.command("bench", "generate", "--model", "embedded", "--dtype", "fp8").err())
        .contains("--dtype must be fp32 or bf16, was fp8");
  }
}
