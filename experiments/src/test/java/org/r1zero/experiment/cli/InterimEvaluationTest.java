package org.r1zero.experiment.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.grpo.files.Folders;

/** Evaluations between the steps of a training, on the embedded model. */
class InterimEvaluationTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ASYNC =
      "rollouts={mode: async, max_staleness: 1}|grpo.off_policy.old_log_probs=sampler";

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"", ASYNC})
  void everySoManyStepsAndTheWeightsAreTheSame(String mode) throws IOException {
    Ran plain = train("plain", 5, mode);
    assertThat(plain.code()).as(plain.err()).isZero();
    Ran ran =
        train(
            "evaluated",
            5,
            mode,
            "evaluation.every_steps=2",
            "checkpoint.metric_for_best_model=eval/pass1_greedy");
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.err().lines())
        .anyMatch(line -> line.contains("held-out pass@1 after step 4:"))
        .anyMatch(line -> line.contains("step 4/5") && line.contains("held-out "))
        .noneMatch(line -> line.contains("step 3/5") && line.contains("held-out "));
    Path run = run("evaluated");
    List<JsonNode> metrics = metrics(run);
    assertThat(metrics).hasSize(5);
    for (JsonNode step : metrics) {
      boolean due = step.path("step").asInt() % 2 == 0;
      for (String name : List.of("pass1_greedy", "pass1_sampled", "mean_length", "truncated")) {
        assertThat(step.path("eval/" + name).isNumber()).as("%s", step).isEqualTo(due);
      }
    }
    JsonNode state = JSON.readTree(run.resolve("checkpoints/step-000005/state.json").toFile());
    assertThat(state.at("/run/best_step").asInt()).isIn(2, 4);
    assertThat(run.resolve("model/model.safetensors"))
        .as("evaluating disturbs nothing")
        .hasSameBinaryContentAs(run("plain").resolve("model/model.safetensors"));
  }

  @Test
  void trainingEndsWhereNothingGetsBetterAnyMore() throws IOException {
    String[] settings = {
      "grpo.optimizer.learning_rate=1.0e-12",
      "evaluation.every_steps=2",
      "evaluation.patience=2",
      "checkpoint.metric_for_best_model=eval/pass1_greedy",
      "checkpoint.save_steps=20"
    };
    Ran ran = train("early", 20, "", settings);
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.err())
        .contains("training ends early: the best eval/pass1_greedy was that of step 2")
        .contains("trained 6 steps")
        .as("the last evaluation is not made twice")
        .doesNotContain("evaluating after training")
        .contains("held-out pass@1 after training: greedy");
    Path run = run("early");
    assertThat(metrics(run)).hasSize(6);
    assertThat(run.resolve("checkpoints/step-000002")).as("the best").exists();
    JsonNode manifest = JSON.readTree(run.resolve("manifest.json").toFile());
    assertThat(manifest.path("status").asText()).isEqualTo("done");
    assertThat(manifest.at("/result/stopped_early_after_step").asInt()).isEqualTo(6);

    Folders.delete(run.resolve("model")); // as if it had been killed before it was written
    Ran again = Ran.command("train", "--resume", run.toString());
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(metrics(run)).as("trained no further").hasSize(6);
    assertThat(run.resolve("model/model.safetensors")).exists();
  }

  @Test
  void namesWhatDoesNotGoTogether() throws IOException {
    assertThat(train("x", 2, "", "evaluation.patience=1").err())
        .contains("every_steps must be > 0 where patience is");
    assertThat(train("x", 2, "", "evaluation.patience=1", "evaluation.every_steps=1").err())
        .contains(
            "metric_for_best_model must be a metric of evaluation, such as eval/pass1_sampled");
    assertThat(train("x", 2, "", "checkpoint.metric_for_best_model=eval/pass1_sampled").err())
        .contains("evaluation.every_steps must be > 0");
    assertThat(train("x", 2, "", "checkpoint.metric_for_best_model=eval/pass@1").err())
        .contains("must be one of eval/pass1_sampled, eval/pass1_greedy");
    assertThat(train("x", 2, "", "evaluation.max_new_tokens=250").err())
        .contains("evaluation.max_new_tokens (250)");
    assertThat(train("x", 2, "", "evaluation.top_p=2", "evaluation.top_k=-2").err())
        .contains("top_p must be in [0, 1], was 2")
        .contains("top_k must be >= -1, was -2");
    assertThat(folder.resolve("x")).doesNotExist();
  }

  private Ran train(String name, int steps, String mode, String... settings) throws IOException {
    Path recipe =
        Files.writeString(
            folder.resolve(name + ".yaml"),
            """
            name: tiny
            seed: 5
            model: embedded
            output: %s
            task: {name: arithmetic, options: {train: 100, held_out: 20}}
            prompt: {template: plain}
            sampling: {max_new_tokens: 12}
            evaluation: {problems: 6, samples: 2, readability: false}
            grpo:
              steps: %d
              problems_per_step: 2
              num_generations: 4
              optimizer: {learning_rate: 3.0e-4, lr_scheduler_type: constant}
            """
                .formatted(folder.resolve(name), steps));
    List<String> command = new ArrayList<>(List.of("train", recipe.toString()));
    for (String setting : mode.isEmpty() ? new String[0] : mode.split("\\|", -1)) {
      command.addAll(List.of("--set", setting));
    }
    for (String setting : settings) {
      command.addAll(List.of("--set", setting));
    }
    return Ran.command(command.toArray(String[]::new));
  }

  private Path run(String name) throws IOException {
    try (Stream<Path> runs = Files.list(folder.resolve(name))) {
      return runs.filter(run -> Files.exists(run.resolve("recipe.yaml"))).findFirst().orElseThrow();
    }
  }

  private static List<JsonNode> metrics(Path run) throws IOException {
    List<JsonNode> steps = new ArrayList<>();
    for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
      steps.add(JSON.readTree(line));
    }
    return steps;
  }
}
