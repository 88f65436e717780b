package org.r1zero.experiment.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run's files say of updates that the health checks have skipped. */
@Tag("slow")
class SkippedStepTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  @TempDir private Path folder;

  @Test
  void metricsStayNumbersAndTheManifestTellsTheFindings() throws IOException {
    Ran ran =
        Ran.command(
            "demo",
            "--json",
            "--set",
            "output=" + folder,
            "--set",
            "grpo.steps=2",
            "--set",
            "grpo.problems_per_step=2",
            "--set",
            "sampling.max_new_tokens=8",
            "--set",
            "evaluation.problems=0",
            "--set",
            "health.mismatch=skip",
            "--set",
            "health.max_mismatch=1.0e-12");
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.err()).contains("[the update is skipped]");
    Path run = Path.of(ran.json().at("/run_dir").asText());
    List<String> lines = Files.readAllLines(run.resolve("metrics.jsonl"));
    assertThat(lines).hasSize(2);
    for (String line : lines) {
      JsonNode metrics = JSON.readTree(line);
      assertThat(metrics).allMatch(JsonNode::isNumber);
      assertThat(metrics.has("grad_norm")).as("there was no update").isFalse();
    }
    assertThat(JSON.readTree(lines.get(1)).path("health/skipped_steps").asInt()).isEqualTo(2);
    JsonNode manifest = JSON.readTree(run.resolve("manifest.json").toFile());
    assertThat(manifest.path("status").asText()).isEqualTo("done");
    assertThat(manifest.path("health")).hasSize(2);
    assertThat(manifest.at("/health/0").asText())
        .startsWith("WARNING: health, step 1: log-probs of sampling and training differ by");
  }
}
