package org.r1zero.experiment.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.metrics.Progress;
import org.r1zero.grpo.loss.LossType;

/** The recipes of papers, as docs/algorithms.md lists them: each can be used, and trains. */
@Tag("slow")
class PaperRecipesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path PAPERS = Path.of("../recipes/papers");

  @TempDir private Path output;

  static List<Path> papers() throws IOException {
    try (Stream<Path> files = Files.list(PAPERS)) {
      return files.sorted().toList();
    }
  }

  static List<Path> overlays() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("../recipes/algorithms"))) {
      return files.filter(f -> !f.endsWith("base.yaml")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("papers")
  void canBeUsedAsItIsAndIsListedInTheDocs(Path file) throws IOException {
    List<String> data =
        file.endsWith("tinyzero.yaml")
            ? List.of()
            : List.of( // as from the repository's root, where commands are run
                "task.options.train_file=../data/gsm8k/train.jsonl.gz",
                "task.options.test_file=../data/gsm8k/test.jsonl.gz");
    List<String> settings = new ArrayList<>(data);
    settings.addAll( // the embedded model stands in for one with a longer context
        List.of(
            "model=embedded",
            "prompt.template=plain",
            "sampling.max_new_tokens=16",
            "prompt.overlong=drop"));
    assertThat(
            Preflight.of(RecipeLoader.load(List.of(file), settings), Preflight.Purpose.TRAINING)
                .training())
        .isPositive();
    assertThat(Files.readString(Path.of("../docs/algorithms.md")))
        .contains("recipes/papers/" + file.getFileName());
  }

  @ParameterizedTest
  @MethodSource("papers")
  void trainsAStepOnTheEmbeddedModel(Path file) throws IOException {
    List<String> small = new ArrayList<>(List.of("grpo.problems_per_step=4"));
    small.add("grpo.num_generations=4");
    small.add("model=embedded");
    small.add("grpo.num_minibatches=2");
    small.add("prompt.template=plain");
    if (!file.endsWith("tinyzero.yaml")) {
      small.add("task.name=arithmetic");
    }
    assertTrains(List.of(file), small);
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void comparedAlgorithmsTrainAStep(Path overlay) throws IOException {
    List<Path> files = List.of(overlay.resolveSibling("base.yaml"), overlay);
    assertTrains(files, List.of("grpo.problems_per_step=4"));
  }

  private void assertTrains(List<Path> files, List<String> settings) throws IOException {
    List<String> all = new ArrayList<>(settings);
    all.addAll(
        List.of(
            "grpo.steps=1",
            "grpo.micro_batch_tokens=2048",
            "sampling.max_new_tokens=32",
            "evaluation.problems=0",
            "output=" + output));
    Recipe recipe = RecipeLoader.load(files, all);
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
    Path run = new R1ZeroRun(recipe, new Progress(nowhere, 1, "number")).run().directory();
    JsonNode metrics = JSON.readTree(Files.readAllLines(run.resolve("metrics.jsonl")).get(0));
    for (String name : List.of("loss", "grad_norm", "entropy", "reward")) {
      assertThat(metrics.path(name).isNumber()).as(name).isTrue();
      assertThat(metrics.get(name).asDouble()).as(name).isFinite();
    }
    assertThat(metrics.has("kl")).isEqualTo(recipe.grpo().usesReference());
  }

  @Test
  void thePapersValuesAreTheirs() throws IOException {
    Recipe dapo = paper("dapo.yaml");
    assertThat(dapo.grpo().loss().lossType()).isEqualTo(LossType.DAPO);
    assertThat(dapo.grpo().loss().epsilonHigh()).isEqualTo(0.28);
    Recipe zero = paper("r1-zero.yaml");
    assertThat(zero.grpo().loss().beta()).isEqualTo(0.001);
    assertThat(zero.grpo().optimizer().learningRate()).isEqualTo(3e-6);
    assertThat(zero.grpo().reference().refModelSyncSteps()).isEqualTo(400);
    assertThat(paper("gspo.yaml").grpo().loss().epsilonHigh()).isEqualTo(4e-4);
    assertThat(paper("dr-grpo.yaml").grpo().loss().lossType()).isEqualTo(LossType.DR_GRPO);
  }

  private static Recipe paper(String name) {
    return RecipeLoader.load(List.of(PAPERS.resolve(name)), List.of());
  }
}
