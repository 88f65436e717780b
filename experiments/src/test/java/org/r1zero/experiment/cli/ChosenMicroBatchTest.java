package org.r1zero.experiment.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeLoader;

/** A run that chooses its sizes keeps to its choice. */
@Tag("slow")
class ChosenMicroBatchTest {
  @TempDir private Path folder;

  @Test
  void isInTheRunsRecipeAndARunThatGoesOnTakesItFromThere() throws IOException {
    Path recipe = recipe();
    Ran first = Ran.command("train", recipe.toString(), "--json");
    assertThat(first.code()).as(first.err()).isZero();
    assertThat(first.err()).containsPattern("grpo\\.micro_batch_tokens: \\d+ \\(\\d+ MB free");
    Path run = Path.of(first.json().at("/run_dir").asText());
    Recipe resolved = RecipeLoader.load(List.of(run.resolve("recipe.yaml")), List.of());
    assertThat(resolved.grpo().microBatchTokens()).isBetween(256, 65_536);
    assertThat(resolved.grpo().gradientCheckpointing()).isTrue();
    assertThat(resolved.sampling().maxBatch()).as("on a CPU").isEqualTo(64);
    assertThat(resolved.sampling().kvCacheMb()).as("on a CPU").isEqualTo(4096);

    // another machine would have chosen otherwise
    Path written = run.resolve("recipe.yaml");
    String other =
        Files.readString(written)
            .replaceFirst("micro_batch_tokens: \\d+", "micro_batch_tokens: 77")
            .replaceFirst("max_batch: \\d+", "max_batch: 5")
            .replaceFirst("kv_cache_mb: \\d+", "kv_cache_mb: 99");
    Files.writeString(written, other);
    Ran more =
        Ran.command("train", recipe.toString(), "--resume", "--set", "grpo.steps=2", "--json");
    assertThat(more.code()).as(more.err()).isZero();
    assertThat(Path.of(more.json().at("/run_dir").asText())).isEqualTo(run);
    assertThat(Files.readString(written))
        .contains("micro_batch_tokens: 77", "max_batch: 5", "kv_cache_mb: 99", "steps: 2");
    assertThat(Files.readAllLines(run.resolve("metrics.jsonl")))
        .hasSize(2)
        .allMatch(line -> line.contains("\"padding_ratio\":0"));
  }

  private Path recipe() throws IOException {
    return Files.writeString(
        folder.resolve("tiny.yaml"),
        """
        name: tiny
        model: embedded
        output: %s
        task: {name: arithmetic, options: {train: 100, held_out: 200}}
        prompt: {template: plain}
        sampling: {max_new_tokens: 12}
        evaluation: {problems: 0}
        grpo:
          steps: 1
          problems_per_step: 2
          num_generations: 4
          micro_batch_tokens: 0
          gradient_checkpointing: true
          optimizer: {learning_rate: 3.0e-4, lr_scheduler_type: constant}
        """
            .formatted(folder.resolve("runs")));
  }
}
