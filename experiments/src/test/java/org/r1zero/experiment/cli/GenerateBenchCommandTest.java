package org.r1zero.experiment.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class GenerateBenchCommandTest {

  @Test
  void measuresTheEmbeddedModel() throws Exception {
    JsonNode result = spread();
    // timings of milliseconds, on a machine that others may use: one that was interrupted is no
    // measure
    for (int i = 0; i < 5 && result.get("roofline_share").asDouble() > 1.5; i++) {
      result = spread();
    }
    assertThat(result.get("sequences").asInt()).isEqualTo(6);
    assertThat(result.get("tokens").asInt()).isBetween(6 * 16, 6 * 40);
    assertThat(result.get("tokens_per_s").asDouble()).isPositive();
    assertThat(result.get("seconds").asDouble()).isPositive();
    assertThat(result.get("peak_rss_mb").asDouble()).isPositive();
    assertThat(result.get("roofline_share").asDouble()).isBetween(0.0, 1.5);
    assertThat(result.get("peak_gflop_per_s").asDouble()).isPositive();
    assertThat(result.get("limit_share").asDouble())
        .isCloseTo(
            result.get("tokens_per_s").asDouble() / result.get("limit_tokens_per_s").asDouble(),
            within(1e-9));
    assertThat(result.get("kernels").asText()).matches("native kernels \\(\\w+\\)|TorchScript");
  }

  private static JsonNode spread() throws Exception {
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
    return ran.json();
  }

  @Test
  void namesWhatIsWrong() {
    Ran ran = Ran.command("bench", "generate", "--model", "embedded", "--group", "0", "--new", "0");
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("--group must be >= 1, was 0; --new must be >= 1, was 0");
    assertThat(Ran.command("bench", "generate", "--model", "embedded", "--dtype", "fp8").err())
        .contains("--dtype must be fp32, bf16 or int8, was fp8");
    assertThat(
            Ran.command("bench", "generate", "--model", "embedded", "--rounds", "0", "--warmup=-1")
                .err())
        .contains("--rounds must be >= 1, was 0; --warmup must be >= 0, was -1");
  }

  /** Twelve rounds: a point of memory after each tenth of the completions. */
  @Test
  void tellsMemoryAfterEachTenthOfManyRounds() throws Exception {
    JsonNode result = small("--rounds", "12", "--json").json();
    assertThat(result.get("sequences").asInt()).isEqualTo(12 * 4);
    assertThat(result.get("tokens").asInt()).isEqualTo(12 * 4 * 5);
    JsonNode memory = result.get("memory");
    assertThat(memory.findValues("sequences"))
        .extracting(JsonNode::asInt)
        .containsExactly(8, 12, 16, 20, 24, 32, 36, 40, 44, 48);
    for (JsonNode point : memory) {
      assertThat(point.get("rss_mb").asDouble())
          .isBetween(point.get("heap_mb").asDouble() / 4, result.get("peak_rss_mb").asDouble());
    }
    assertThat(small("--rounds", "2", "--warmup", "1").out())
        .containsPattern("\n +8 +[0-9,]+ +[0-9,]+\n");
  }

  /** The prompts give the only tokens: there is no decoding step to time. */
  @Test
  void oneNewTokenIsEnough() throws Exception {
    JsonNode result =
        Ran.command("bench", "generate", "--model", "embedded-small", "--new", "1", "--json")
            .json();
    assertThat(result.get("tokens").asInt()).isEqualTo(32);
    assertThat(result.get("matmul_gflop_per_s").asDouble()).isPositive();
    assertThat(result.get("prompt_seconds").asDouble()).isPositive();
  }

  /** The weights that sampling multiplies with are in int8: the draws differ, the counts do not. */
  @Test
  void measuresInt8() throws Exception {
    JsonNode result = small("--dtype", "int8", "--json").json();
    assertThat(result.get("dtype").asText()).isEqualTo("int8");
    assertThat(result.get("kernels").asText())
        .matches("native kernels \\(\\w+, int8\\)|TorchScript");
    assertThat(result.get("tokens").asInt()).isEqualTo(4 * 5);
    assertThat(result.get("roofline_tokens_per_s").asDouble()).isPositive();
  }

  private static Ran small(String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("bench", "generate", "--model", "embedded-small"));
    arguments.addAll(List.of("--problems", "2", "--group", "2", "--prompt", "10", "--new", "5"));
    arguments.addAll(List.of(more));
    Ran ran = Ran.command(arguments.toArray(new String[0]));
    assertThat(ran.code()).as(ran.err()).isZero();
    return ran;
  }
}
