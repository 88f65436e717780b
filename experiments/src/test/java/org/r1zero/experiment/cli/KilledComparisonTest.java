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
import org.r1zero.experiment.run.ChildRun;

/** A comparison that is killed in training and stopped by a signal, then goes on. */
@Tag("slow")
class KilledComparisonTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String RECIPE =
      """
      name: tiny
      model: embedded
      dtype: bfloat16
      task: {name: arithmetic, options: {train: 50, held_out: 20}}
      prompt: {template: plain}
      rewards: [{verifier: number}]
      sampling: {max_new_tokens: 24}
      grpo: {steps: 30, problems_per_step: 2, num_generations: 4, optimizer: {learning_rate: 1e-3}}
      evaluation: {problems: 6, samples: 2}
      checkpoint: {save_steps: 1}
      """;
  @TempDir private Path folder;

  @Test
  void itGoesOnAtItsCheckpointAndEndsWithTheSameVerdicts() throws Exception {
    Path recipe = Files.writeString(folder.resolve("tiny.yaml"), RECIPE);
    try (ChildRun child = start(recipe, "whole", 0)) {
      assertThat(child.await()).as(child.said()).isZero();
    }
    try (ChildRun child = start(recipe, "killed", 1)) {
      child.awaitText("step 6/30");
      assertThat(child.kill()).as(child.said()).isTrue();
    }
    try (ChildRun child = start(recipe, "killed", 2)) {
      child.awaitText("resuming after");
      child.awaitText("step 12/30");
      child.signal("TERM");
      assertThat(child.await()).as(child.said()).isEqualTo(143);
      assertThat(child.said())
          .contains("the same command resumes in stage rl")
          .doesNotContain("--resume");
    }
    try (ChildRun child = start(recipe, "killed", 3)) {
      assertThat(child.await()).as(child.said()).isZero();
      assertThat(child.said()).contains("resuming after");
    }
    String evaluation = "arms/tiny/seed-1/evaluation.jsonl";
    assertThat(folder.resolve("killed").resolve(evaluation))
        .hasSameTextualContentAs(folder.resolve("whole").resolve(evaluation));
    JsonNode stage = stage("killed");
    assertThat(stage.path("tries").asInt()).isEqualTo(3);
    assertThat(stage.path("broken_seconds").asDouble())
        .isPositive()
        .isLessThan(stage.path("seconds").asDouble());
    // the steps after the last checkpoint were trained twice
    assertThat(stage.path("trained_tokens").asLong())
        .isGreaterThanOrEqualTo(stage("whole").path("trained_tokens").asLong() * 9 / 10);
  }

  private JsonNode stage(String comparison) throws IOException {
    Path arm = folder.resolve(comparison).resolve("arms/tiny/seed-1/arm.json");
    return JSON.readTree(arm.toFile()).at("/stages/0");
  }

  private ChildRun start(Path recipe, String name, int number) throws IOException {
    return ChildRun.start(
        1,
        folder.resolve(name + "-log-" + number),
        List.of("compare", recipe.toString(), "--out", folder.resolve(name).toString()));
  }
}
