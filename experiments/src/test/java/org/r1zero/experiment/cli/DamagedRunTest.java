package org.r1zero.experiment.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A finished run that was damaged, moved or tidied up is answered in words when it is resumed. */
@Tag("slow")
class DamagedRunTest {
  @TempDir private static Path shared;
  private static Path finished;
  @TempDir private Path folder;

  @BeforeAll
  static void train() throws IOException {
    Path recipe = recipe(shared, "whole", 2);
    Ran ran = Ran.command("train", recipe.toString(), "--json");
    assertThat(ran.code()).as(ran.err()).isZero();
    finished = Path.of(ran.json().at("/run_dir").asText());
  }

  @Test
  void aFinishedRunHasNothingToDo() throws IOException {
    Ran ran = Ran.command("train", "--resume", copy().toString());
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.err()).contains("nothing to do").contains("is finished after 2 steps");
  }

  @Test
  void aFinishedRunWithoutCheckpointsIsNotTrainedAgainOverItsResults() throws IOException {
    Path run = copy();
    delete(run.resolve("checkpoints"));
    byte[] metrics = Files.readAllBytes(run.resolve("metrics.jsonl"));
    Ran ran = Ran.command("train", "--resume", run.toString(), "--set", "grpo.steps=3");
    assertThat(ran.code()).as(ran.err()).isEqualTo(2);
    assertThat(ran.err()).contains("its checkpoints are gone").contains("--set model=");
    assertThat(run.resolve("metrics.jsonl")).hasBinaryContent(metrics);
    assertThat(run.resolve("model/model.safetensors")).exists();
  }

  @Test
  void anEmptyManifestIsNamedWithoutNamesOfClasses() throws IOException {
    Path run = copy();
    Files.writeString(run.resolve("manifest.json"), "");
    Ran ran = Ran.command("train", "--resume", run.toString(), "--set", "grpo.steps=3");
    assertThat(ran.code()).as(ran.err()).isEqualTo(2);
    assertThat(ran.err())
        .contains("manifest.json is damaged: it is empty")
        .doesNotContain("Exception")
        .doesNotContain("com.fasterxml");
  }

  @Test
  void halfALastLineIsCutOffAndTheRunGoesOn() throws IOException {
    Path run = copy();
    Files.writeString(
        run.resolve("metrics.jsonl"), "{\"step\": 3, \"re", StandardOpenOption.APPEND);
    Ran ran = Ran.command("train", "--resume", run.toString(), "--set", "grpo.steps=3");
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(Files.readAllLines(run.resolve("metrics.jsonl")))
        .hasSize(3)
        .allMatch(line -> line.startsWith("{") && line.endsWith("}"));
  }

  @Test
  void aRunKeepsWhatItSaid() throws IOException {
    assertThat(Files.readString(finished.resolve("run.log")))
        .contains("run directory")
        .contains("writing the model to");
  }

  @Test
  void aFreePortIsServedAndATakenOneIsNamed() throws IOException {
    Path recipe = recipe(folder, "port", 1);
    int port;
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = taken.getLocalPort();
      Ran ran = Ran.command("train", recipe.toString(), "--set", "metrics.prometheus_port=" + port);
      assertThat(ran.code()).as(ran.err()).isEqualTo(2);
      assertThat(ran.err()).contains("metrics.prometheus_port " + port + " is taken");
    }
    Ran ran = Ran.command("train", recipe.toString(), "--set", "metrics.prometheus_port=" + port);
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.err()).contains("metrics at ").contains(":" + port);
  }

  @Test
  void aFailedStartLeavesNoFolder() throws IOException {
    Path recipe = recipe(folder, "fails", 2);
    Ran ran = Ran.command("train", recipe.toString(), "--set", "sampling.kv_cache_mb=-1");
    assertThat(ran.code()).as(ran.err()).isEqualTo(2);
    ran = Ran.command("train", recipe.toString(), "--set", "model=" + folder.resolve("none"));
    assertThat(ran.code()).as(ran.err()).isEqualTo(2);
    Path output = folder.resolve("fails");
    if (Files.exists(output)) {
      assertThat(output).isEmptyDirectory();
    }
  }

  @Test
  void aQuestionThatCannotFitIsNamedBeforeTheFirstStepOrLeftOut() throws IOException {
    Path data = folder.resolve("train.jsonl");
    String longQuestion = "What is 1 + 1? ".repeat(400);
    Files.writeString(
        data,
        """
        {"question": "What is 2 + 3?", "answer": "#### 5"}
        {"question": "%s", "answer": "#### 2"}
        """
            .formatted(longQuestion));
    List<String> task =
        List.of(
            "--set",
            "task.name=gsm8k",
            "--set",
            "task.options={train_file: " + data + ", test_file: " + data + "}");
    Path recipe = recipe(folder, "long", 2);
    for (String dry : List.of("--dry-run", "--json")) {
      Ran ran = command(List.of("train", recipe.toString(), dry), task);
      assertThat(ran.code()).as(ran.err()).isEqualTo(2);
      assertThat(ran.err())
          .contains("1 of 2 problems exceed the model's context")
          .contains("prompt.overlong: drop");
    }
    Ran dropped =
        command(
            List.of("train", recipe.toString(), "--dry-run", "--set", "prompt.overlong=drop"),
            task);
    assertThat(dropped.code()).as(dropped.err()).isZero();
    assertThat(dropped.out() + dropped.err()).contains("OK: 1 problems to train on");
    Ran cut =
        command(
            List.of("train", recipe.toString(), "--dry-run", "--set", "prompt.overlong=cut_left"),
            task);
    assertThat(cut.code()).as(cut.err()).isZero();
    assertThat(cut.out() + cut.err()).contains("OK: 2 problems to train on");
  }

  private static Ran command(List<String> first, List<String> second) {
    return Ran.command(Stream.concat(first.stream(), second.stream()).toArray(String[]::new));
  }

  private static Path recipe(Path folder, String name, int steps) throws IOException {
    return Files.writeString(
        folder.resolve(name + ".yaml"),
        """
        name: tiny
        seed: 5
        model: embedded
        output: %s
        task: {name: arithmetic, options: {train: 20, held_out: 20}}
        prompt: {template: plain}
        sampling: {max_new_tokens: 12}
        evaluation: {problems: 0}
        grpo: {steps: %d, problems_per_step: 2, num_generations: 4, optimizer: {lr_scheduler_type: constant}}
        """
            .formatted(folder.resolve(name), steps));
  }

  private Path copy() throws IOException {
    Path to = folder.resolve("copy");
    try (Stream<Path> files = Files.walk(finished)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(finished.relativize(file).toString()));
      }
    }
    return to;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.delete(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }
}
