package org.r1zero.experiment.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** recipes/python-reward.yaml, as docs/verifiers-python.md has it. */
@Tag("slow")
class PythonRewardTest {

  @TempDir Path folder;

  @Test
  void theRecipeTrainsWithFunctionsInPython() throws IOException {
    Ran ran =
        Ran.command(
            "train",
            recipe("../recipes/data/python_reward.py").toString(),
            "--set",
            "grpo.steps=2",
            "--set",
            "evaluation.problems=2",
            "--set",
            "output=" + folder.resolve("runs"));
    assertThat(ran.code()).as(ran.err()).isZero();
    Path run;
    try (var runs = Files.list(folder.resolve("runs"))) {
      run = runs.filter(Files::isDirectory).findFirst().orElseThrow();
    }
    List<String> steps = Files.readAllLines(run.resolve("metrics.jsonl"));
    assertThat(steps).hasSize(2);
    assertThat(steps.get(0))
        .contains("\"rewards/accuracy/mean\":", "\"rewards/brevity/mean\":-0.")
        .contains("\"rewards/failed_ratio\":0.0");
    String rollout = Files.readAllLines(run.resolve("rollouts/step-000001.jsonl")).get(0);
    assertThat(rollout).contains("accuracy", "brevity").doesNotContain("\"error\"");
  }

  @Test
  void aDryRunFindsAFunctionThatCannotBeLoaded() throws IOException {
    Path file = folder.resolve("reward.py");
    Files.writeString(file, "import torch_of_nobody\n\ndef compute_score(solution_str):\n  pass\n");
    Ran ran = Ran.command("train", recipe(file.toString()).toString(), "--dry-run");
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err())
        .contains("can't be loaded: line 1, in <module>: ModuleNotFoundError")
        .contains("No module named 'torch_of_nobody'");
  }

  /** The recipe for this working directory, with the functions of a file. */
  private Path recipe(String file) throws IOException {
    String text =
        Files.readString(Path.of("../recipes/python-reward.yaml"))
            .replace("recipes/data/python_reward.py", file)
            .replace("path: recipes/", "path: ../recipes/");
    return Files.writeString(folder.resolve("recipe.yaml"), text);
  }
}
