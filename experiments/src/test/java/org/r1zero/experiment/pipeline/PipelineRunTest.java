package org.r1zero.experiment.pipeline;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeLoader;

@Tag("slow")
class PipelineRunTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String RECIPE =
      """
      name: tiny
      model: embedded-small
      dtype: float32
      prompt: {template: plain}
      task: {name: arithmetic, options: {train: 40, held_out: 20, max_steps: 1}}
      sampling: {max_new_tokens: 40, max_batch: 64}
      stages:
        - name: data
          kind: curate
          model: embedded
          options:
            problems: 40
            samples: 4
            verifiers: [{verifier: format}]
            filters: {max_per_problem: 2, near_duplicate: 0.95}
        - name: sft
          kind: sft
          model: base
          options:
            batch_size: 8
            schedule: {max_steps: 4, eval_fraction: 0.1, save_steps: 2}
        - name: on-policy
          kind: on_policy_distill
          options: {teacher: embedded, steps: 2, problems_per_step: 4, num_generations: 2}
        - name: rl
          kind: rl
          options:
            grpo: {steps: 1, problems_per_step: 2, num_generations: 2}
            evaluation: {problems: 0}
      """;

  @TempDir private Path folder;

  @Test
  void stagesAreMadeOnceAndAgainWhereTheirInputsChange() throws IOException {
    PipelineResult first = run(null);
    assertThat(first.stages()).extracting(StageResult::status).containsOnly(StageStatus.DONE);
    assertThat(first.stages())
        .extracting(StageResult::kind)
        .containsExactly("curate", "sft", "on_policy_distill", "rl");
    assertThat(requireNonNull(first.model()).resolve("model.safetensors")).exists();
    assertThat(first.stages().get(0).cost().sampledTokens()).isPositive();
    assertThat(first.stages().get(1).cost().trainedTokens()).isPositive();
    assertThat(first.cost().flops()).isPositive();
    JsonNode written = JSON.readTree(first.directory().resolve("pipeline.json").toFile());
    assertThat(written.get("stages")).hasSize(4);
    assertThat(written.get("model").asText()).isEqualTo(requireNonNull(first.model()).toString());
    JsonNode card =
        JSON.readTree(first.stages().get(0).directory().resolve("data-card.json").toFile());
    assertThat(card.get("left_after").get("read").asInt()).isEqualTo(160);
    assertThat(card.get("examples").asInt()).isBetween(8, 80);

    PipelineResult second = run(null);
    assertThat(second.stages()).extracting(StageResult::status).containsOnly(StageStatus.CACHED);
    assertThat(second.cost()).isEqualTo(first.cost());

    PipelineResult from = run("on-policy");
    assertThat(from.stages())
        .extracting(StageResult::status)
        .containsExactly(
            StageStatus.CACHED, StageStatus.CACHED, StageStatus.DONE, StageStatus.DONE);

    PipelineResult changed = run(null, RECIPE.replace("max_steps: 4", "max_steps: 5"));
    assertThat(changed.stages())
        .extracting(StageResult::status)
        .containsExactly(StageStatus.CACHED, StageStatus.DONE, StageStatus.DONE, StageStatus.DONE);

    breakAndGoOn();
  }

  /** A stage that fails counts, and goes on where it was. */
  private void breakAndGoOn() throws IOException {
    String recipe = RECIPE.replace("save_steps: 2", "save_steps: 1");
    Path data = run(null).stages().get(0).directory().resolve("examples.jsonl");
    byte[] whole = Files.readAllBytes(data);
    Files.writeString(data, new String(whole, StandardCharsets.UTF_8) + "{broken\n");
    assertThatThrownBy(() -> run(null, recipe)).hasMessageContaining("bad record");
    Path failed = folder.resolve("tiny-seed42").resolve("pipeline.json");
    assertThat(JSON.readTree(failed.toFile()).get("stages").get(1).get("status").asText())
        .isEqualTo("failed");
    Files.write(data, whole);
    assertThat(run(null, recipe).stages())
        .extracting(StageResult::status)
        .startsWith(StageStatus.CACHED, StageStatus.DONE);
  }

  @Test
  void everyFaultOfTheStagesIsNamedBeforeAnythingRuns() {
    String wrong =
        RECIPE
            .replace("teacher: embedded", "teacher: nobody")
            .replace("batch_size: 8", "batch_sise: 8")
            .replace("verifier: format", "verifier: formatt");
    assertThatThrownBy(() -> run(null, wrong))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("batch_sise")
        .hasMessageContaining("nobody")
        .hasMessageContaining("formatt");
    assertThatThrownBy(() -> run("nowhere"))
        .hasMessageContaining("--from must be one of data, sft, on-policy, rl");
    assertThat(folder.resolve("stages")).doesNotExist();
  }

  @Test
  void aTryThatWasKilledHasItsCost() throws IOException {
    StageMeter killed = StageMeter.start(folder);
    killed.add(10, 5, 0, 7);
    StageMeter second = StageMeter.start(folder);
    second.add(10, 1, 2, 0);
    second.end("done");
    StageCost cost = StageMeter.total(folder);
    assertThat(cost.sampledTokens()).isEqualTo(6);
    assertThat(cost.trainedTokens()).isEqualTo(7);
    StageTries tries = StageMeter.broken(folder);
    assertThat(tries.count()).isEqualTo(2);
    assertThat(tries.broken()).isEqualTo(1);
    assertThat(tries.brokenSeconds()).isPositive().isLessThan(cost.seconds());
    assertThat(cost.flops()).isEqualTo(10 * (2 * 5 + 6 * 7 + 2 * 1 + 2 * 2));
  }

  private PipelineResult run(@Nullable String from) throws IOException {
    return run(from, RECIPE);
  }

  private PipelineResult run(@Nullable String from, String recipe) throws IOException {
    Path file = Files.writeString(folder.resolve("recipe.yaml"), recipe);
    Recipe loaded = RecipeLoader.load(List.of(file), List.of("output=" + folder));
    PrintStream nowhere =
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    return new PipelineRun(loaded, nowhere, from).run();
  }
}
