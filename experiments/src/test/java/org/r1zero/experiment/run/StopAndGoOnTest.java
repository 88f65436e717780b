package org.r1zero.experiment.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.r1zero.experiment.metrics.FakeMlflow;

/** Runs that are asked to stop, or get more steps, end with the bits of an undisturbed run. */
@Tag("slow")
class StopAndGoOnTest {
  private static final int STEPS = 15;
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"TERM, 143", "INT, 130"})
  void signalInTrainingSavesTheStepAndTheRunGoesOn(String signal, int exitCode) throws Exception {
    Path recipe = recipe("stopped", STEPS, "evaluation: {problems: 0}");
    try (ChildRun child = start("stop", List.of("train", recipe.toString()))) {
      child.awaitText("step 1/");
      child.signal(signal);
      assertThat(child.await()).as(child.said()).isEqualTo(exitCode);
      assertThat(child.said())
          .contains("SIG" + signal)
          .contains("resume with: ./r1zero train --resume");
    }
    Path run = ChildRun.onlyRun(folder.resolve("stopped"));
    assertThat(status(run)).isEqualTo("stopped");
    int done = Files.readAllLines(run.resolve("metrics.jsonl")).size();
    assertThat(done).as("it left before its end").isBetween(1, STEPS - 1);
    assertThat(run.resolve(String.format("checkpoints/step-%06d/manifest.json", done))).exists();
    finish(List.of("train", "--resume", run.toString()));
    assertThat(status(run)).isEqualTo("done");
    assertSame(undisturbed("evaluation: {problems: 0}"), run);
  }

  @Test
  void signalInAnEvaluationLeavesAtOnceAndItIsMadeAgain() throws Exception {
    String options = "evaluation: {problems: 100, samples: 2}";
    Path recipe = recipe("stopped", 1, options);
    try (ChildRun child = start("stop", List.of("train", recipe.toString()))) {
      child.awaitText("run directory");
      child.signal("TERM");
      assertThat(child.await()).as(child.said()).isEqualTo(143);
    }
    Path run = ChildRun.onlyRun(folder.resolve("stopped"));
    assertThat(status(run)).isEqualTo("stopped");
    assertThat(run.resolve("metrics.jsonl")).as("training had not begun").doesNotExist();
    assertThat(run.resolve("evaluation-before.jsonl")).doesNotExist();
    finish(List.of("train", "--resume", run.toString()));
    assertThat(run.resolve("evaluation-before.jsonl")).exists();
    assertThat(run.resolve("model")).exists();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "loss: {beta: 0.04}, reference: {sync_ref_model: true, ref_model_sync_steps: 2} | #",
        "entropy: {entropy_coef: 0.01, use_adaptive_entropy: true} | #",
        "loss: {beta: 0.04} | lora: {r: 4}",
        "off_policy: {old_log_probs: sampler, replay_buffer_size: 8}"
            + " | rollouts: {sampler: {strategy: bandit}}",
        "loss: {loss_type: kl_cov}, num_iterations: 2"
            + " | rollouts: {sampler: {strategy: curriculum}, filter_groups: {enable: true}}"
      })
  void stateBesidesTheWeightsGoesOn(String grpo, String section) throws Exception {
    String more = "evaluation: {problems: 0}\n" + section;
    Path recipe = recipe("stopped", 3, more, grpo);
    finish(List.of("train", recipe.toString()));
    Path run = ChildRun.onlyRun(folder.resolve("stopped"));
    Path longer = recipe("stopped", STEPS, more, grpo);
    finish(List.of("train", longer.toString(), "--resume"));
    assertThat(ChildRun.onlyRun(folder.resolve("stopped"))).isEqualTo(run);
    finish(List.of("train", recipe("undisturbed", STEPS, more, grpo).toString()));
    assertSame(ChildRun.onlyRun(folder.resolve("undisturbed")), run);
  }

  @Test
  void aStoppedRunGoesOnInTheSameRunOfMlflow() throws Exception {
    try (FakeMlflow server = new FakeMlflow(0)) {
      String more =
          "evaluation: {problems: 2}\nmetrics: {mlflow: {tracking_uri: '%s'}}"
              .formatted(server.address());
      Path recipe = recipe("stopped", STEPS, more);
      try (ChildRun child = start("stop", List.of("train", recipe.toString()))) {
        child.awaitText("step 1/");
        child.signal("TERM");
        assertThat(child.await()).as(child.said()).isEqualTo(143);
        assertThat(child.said()).contains("MLflow: run run1 of experiment r1zero");
      }
      assertThat(server.run().status).isEqualTo("KILLED");
      int done = server.run().steps("reward").size();
      assertThat(done).isBetween(1, STEPS - 1);
      finish(List.of("train", recipe.toString(), "--resume"));
      FakeMlflow.ARun run = server.run();
      assertThat(run.status).isEqualTo("FINISHED");
      assertThat(run.name).isEqualTo("tiny");
      assertThat(run.steps("reward"))
          .containsExactlyElementsOf(LongStream.rangeClosed(1, STEPS).boxed().toList());
      assertThat(run.params)
          .containsEntry("task.options.train", "100")
          .containsEntry("grpo.optimizer.lr_scheduler_type", "constant");
      assertThat(run.steps("evaluation/pass1_greedy_after/mean")).containsExactly((long) STEPS);
      assertThat(run.artifacts)
          .containsKeys("recipe.yaml", "manifest.json", "metrics.jsonl", "run.log");
    }
  }

  private Path undisturbed(String options) throws Exception {
    finish(List.of("train", recipe("undisturbed", STEPS, options).toString()));
    return ChildRun.onlyRun(folder.resolve("undisturbed"));
  }

  private void assertSame(Path expected, Path actual) throws IOException {
    String last = String.format("checkpoints/step-%06d/tensors.safetensors", STEPS);
    for (String file : List.of("model/model.safetensors", last)) {
      assertThat(actual.resolve(file)).as(file).hasSameBinaryContentAs(expected.resolve(file));
    }
    assertThat(Files.readAllLines(actual.resolve("metrics.jsonl"))).hasSize(STEPS);
  }

  private static String status(Path run) throws IOException {
    JsonNode manifest = new ObjectMapper().readTree(run.resolve("manifest.json").toFile());
    return manifest.path("status").asText();
  }

  private ChildRun start(String log, List<String> arguments) throws IOException {
    return ChildRun.start(1, folder.resolve("log-" + log), arguments);
  }

  private void finish(List<String> arguments) throws Exception {
    try (ChildRun child = start("end", arguments)) {
      assertThat(child.await()).as(child.said()).isZero();
    }
  }

  private Path recipe(String name, int steps, String options, String... grpo) throws IOException {
    List<String> training = new ArrayList<>(List.of("steps: " + steps));
    training.add("problems_per_step: 2");
    training.add("num_generations: 4");
    training.add("optimizer: {learning_rate: 3.0e-4, lr_scheduler_type: constant}");
    training.addAll(List.of(grpo));
    return Files.writeString(
        folder.resolve(name + ".yaml"),
        """
        name: tiny
        seed: 5
        model: embedded
        output: %s
        task: {name: arithmetic, options: {train: 100, held_out: 200}}
        prompt: {template: plain}
        sampling: {max_new_tokens: 12}
        scoring: {threads: 1}
        grpo: {%s}
        %s
        """
            .formatted(folder.resolve(name), String.join(", ", training), options));
  }
}
