package org.r1zero.experiment.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.coldstart.curate.Example;
import org.r1zero.coldstart.curate.ExampleFiles;
import org.r1zero.coldstart.curate.ExampleForm;
import org.r1zero.coldstart.dataset.Dataset;
import org.r1zero.experiment.config.CurateOptions;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.grpo.files.Folders;
import org.r1zero.grpo.model.tokenizer.Message;
import org.r1zero.rollout.PromptRenderer;
import org.r1zero.verify.Problem;

/** Curation of the embedded model's samples: few-shot prompts, planted overlaps. */
@Tag("slow")
class CurateStageTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String RECIPE =
      """
      name: tiny
      model: embedded
      dtype: bfloat16
      prompt: {template: plain}
      task: {name: arithmetic, options: {train: 40, held_out: 20, max_steps: 1}}
      sampling: {max_new_tokens: 40, max_batch: 64}
      rewards: [%s]
      stages:
        - name: data
          kind: curate
          options:
            problems: 40
            samples: 4
            filters: {%s}
      """;

  private static final String RIGHT = "{verifier: number}";

  /** After shots that it never saw the like of, the embedded base is hardly ever right. */
  private static final String ANYTHING = "{verifier: length, options: {max: 1000}}";

  @TempDir private Path folder;
  private String filters = "near_duplicate: 0, max_per_problem: 4";
  private Dataset dataset = new Dataset("none", List.of(), List.of());

  @BeforeEach
  void load() throws IOException {
    Recipe recipe = recipe(RIGHT, "");
    dataset = recipe.task().load(recipe.seed(), recipe.scoring());
  }

  @Test
  void solvedExamplesComeBeforeTheQuestion() {
    PromptRenderer plain = problem -> "Q: " + problem.question() + "\nA:";
    Example prompt = Example.of("Q: 1+1?\nA:", " 2");
    Example messages = new Example("", 0, "", List.of(new Message("user", "2+2?")), " 4");
    assertThat(
            new FewShotPrompt(plain, List.of(prompt, messages))
                .render(new Problem("p", "3+3?", "6")))
        .isEqualTo("Q: 1+1?\nA: 2\n\nQ: 2+2?\nA: 4\n\nQ: 3+3?\nA:");
  }

  @Test
  void fewShotExamplesDecideWhatIsSaidAndOnesOfTheEvaluationAreLeftOut() throws IOException {
    Path shots = folder.resolve("shots.jsonl");
    String said = " <think> 2*3=6. </think> <answer> 6 </answer>";
    String clean =
        "Question: What is two times three, in a question that nobody holds out?\nAnswer:";
    Problem held = dataset.heldOut().get(0);
    Example planted = Example.of("Question: " + held.question() + "\nAnswer:", said);
    ExampleFiles.write(
        shots, List.of(Example.of(clean, said), planted), ExampleForm.PROMPT_COMPLETION);
    Path without = run(ANYTHING, "");
    Path with = run(ANYTHING, "      few_shot: " + shots + "\n");

    List<Example> examples = ExampleFiles.read(with.resolve("examples.jsonl"), 0).examples();
    assertThat(examples).isNotEmpty();
    assertThat(examples).allSatisfy(one -> assertThat(one.prompt()).doesNotContain("nobody holds"));
    assertThat(said(with)).hasSameSizeAs(said(without)).isNotEqualTo(said(without));
    JsonNode card = card(with);
    assertThat(card.path("sources").has("few_shot")).isTrue();
    assertThat(card.path("bad_records").toString())
        .contains("shots.jsonl:2", "overlaps an evaluation problem");
    assertThat(card(without).path("bad_records")).isEmpty();
  }

  @Test
  void whatOverlapsAnEvaluationFileIsDropped() throws IOException {
    Path without = run(RIGHT, "");
    Set<String> all = problems(without);
    // planted: every second problem that examples were made of, put in other words around it
    List<Problem> made = dataset.train().stream().filter(p -> all.contains(p.id())).toList();
    List<Problem> planted =
        made.stream().filter(problem -> made.indexOf(problem) % 2 == 0).toList();
    Path evaluation = folder.resolve("evaluation.jsonl");
    ExampleFiles.write(
        evaluation,
        planted.stream()
            .map(p -> Example.of("Please solve this: " + p.question() + " Think.", "x"))
            .toList(),
        ExampleForm.PROMPT_COMPLETION);
    Path with = run(RIGHT, "      evaluation_files: [" + evaluation + "]\n");
    assertThat(planted).hasSizeGreaterThan(2);
    assertThat(problems(with)).isNotEmpty();
    assertThat(problems(with))
        .doesNotContainAnyElementsOf(planted.stream().map(Problem::id).toList());
    assertThat(card(with).at("/left_after/decontaminated").asInt())
        .isLessThan(card(without).at("/left_after/decontaminated").asInt());
    assertThat(card(with).path("sources").toString()).contains("evaluation.jsonl");
  }

  @Test
  void problemsThatAreTooHardOrTooEasyAreLeftOut() throws IOException {
    Path traces = folder.resolve("traces.jsonl");
    List<Example> examples = new ArrayList<>();
    for (int p = 0; p < 5; p++) { // the p-th problem is solved p times in four
      Problem problem = dataset.train().get(p);
      for (int i = 0; i < 4; i++) {
        String answer = i < p ? problem.gold() : "no number";
        String said = "<think> " + i + " </think> <answer> " + answer + " </answer>";
        examples.add(new Example(problem.id(), 0, problem.question(), List.of(), said));
      }
    }
    ExampleFiles.write(traces, examples, ExampleForm.PROMPT_COMPLETION);
    filters += ", min_pass_rate: 0.5, max_pass_rate: 0.8";
    Path stage = run(RIGHT, "      files: [" + traces + "]\n");
    assertThat(problems(stage))
        .containsExactlyInAnyOrder(dataset.train().get(2).id(), dataset.train().get(3).id());
    assertThat(card(stage).at("/left_after/number").asInt()).isEqualTo(10);
    assertThat(card(stage).at("/left_after/pass_rate").asInt()).isEqualTo(5);
  }

  @Test
  void filesThatVerifiersReadDecideWhatAStageMakes() throws IOException {
    Path program = Files.writeString(folder.resolve("reward.py"), "# judges");
    Recipe recipe = recipe("{verifier: python, options: {file: " + program + "}}", "");
    assertThat(stages(recipe))
        .allSatisfy(
            stage ->
                assertThat(stage.inputs()).containsEntry("named by options: " + program, program));
  }

  /** The recipe's own stage, and training by it. */
  private List<Stage> stages(Recipe recipe) {
    CurateOptions options =
        RecipeLoader.bind(
            CurateOptions.class, "data", recipe.stages().get(0).optionsOrEmpty(), List.of());
    return List.of(
        new CurateStage(recipe, "data", options, folder, System.err),
        new RlStage(recipe, folder, System.err));
  }

  @Test
  void whatIsInTheFilesOfATaskDecidesWhatAStageMakes() throws IOException {
    Path file = folder.resolve("questions.jsonl");
    String row = "{\"question\": \"What is %d + 1?\", \"answer\": \"%d\"}%n";
    Files.writeString(file, String.format(row + row, 1, 2, 3, 4));
    Recipe recipe =
        recipe(RIGHT, "")
            .with(
                tree ->
                    tree.withObject("/task")
                        .put("name", "file")
                        .putObject("options")
                        .put("path", file.toString())
                        .put("held_out_share", 0));
    List<Stage> stages = stages(recipe);
    List<ObjectNode> before = stages.stream().map(Stage::configuration).toList();
    assertThat(stages.stream().map(Stage::configuration).toList()).isEqualTo(before);
    Files.writeString(file, String.format(row + row, 1, 2, 3, 5));
    for (int i = 0; i < stages.size(); i++) {
      assertThat(stages.get(i).configuration()).isNotEqualTo(before.get(i));
    }
  }

  @Test
  void unknownProblemsAreAnErrorUnlessTheyAreAllowed() throws IOException {
    Problem known = dataset.train().get(0);
    String said = "<think> so </think> <answer> " + known.gold() + " </answer>";
    Example right = new Example(known.id(), 0, known.question(), List.of(), said);
    Example unknown = new Example("elsewhere/7", 0, "Why?", List.of(), "7");
    Path both = folder.resolve("both.jsonl");
    ExampleFiles.write(both, List.of(right, unknown), ExampleForm.PROMPT_COMPLETION);
    String files = "      files: [" + both + "]\n";
    assertThatThrownBy(() -> run(RIGHT, files))
        .hasMessageContainingAll(both + ":2: its problem 'elsewhere/7'", "arithmetic", known.id());
    Path stage = run(RIGHT, files + "      max_bad: 1\n");
    assertThat(problems(stage)).containsExactly(known.id());
    assertThat(card(stage).path("bad_records").toString()).contains("both.jsonl:2: its problem");
  }

  @Test
  void nothingLeftIsAnErrorAndLeavesNoFile() {
    String none = "{verifier: length, options: {max: 1}}";
    assertThatThrownBy(() -> run(none, ""))
        .hasMessageContaining("has no example left; traces left");
    assertThatThrownBy(() -> run(ANYTHING, "      first_problem: 40\n"))
        .hasMessageContaining(
            "first_problem is 40, but arithmetic has 40 training problems, numbered from 0");
  }

  @Test
  void whatWasSampledIsNotSampledAgain() throws IOException {
    Path stage = run(RIGHT, "");
    List<String> said = said(stage);
    byte[] examples = Files.readAllBytes(stage.resolve("examples.jsonl"));
    Files.delete(stage.resolve("done.json")); // as if it had been killed at its end
    Path kept;
    try (Stream<Path> files = Files.list(stage.resolve("completions"))) {
      kept = files.findFirst().orElseThrow();
    }
    List<String> half = said.subList(0, said.size() / 2);
    Files.write(kept, half);

    assertThat(run(RIGHT, "")).isEqualTo(stage);

    assertThat(Files.readAllLines(kept)).startsWith(half.toArray(String[]::new));
    assertThat(said(stage)).isEqualTo(said);
    assertThat(stage.resolve("examples.jsonl")).hasBinaryContent(examples);
  }

  /** What the stage's model said, in an order that does not depend on when it came. */
  private static List<String> said(Path stage) throws IOException {
    try (Stream<Path> files = Files.list(stage.resolve("completions"))) {
      return Files.readAllLines(files.findFirst().orElseThrow()).stream()
          .filter(line -> !line.isEmpty())
          .sorted()
          .toList();
    }
  }

  private static Set<String> problems(Path stage) throws IOException {
    return ExampleFiles.read(stage.resolve("examples.jsonl"), 0).examples().stream()
        .map(Example::problem)
        .collect(Collectors.toSet());
  }

  private static JsonNode card(Path stage) throws IOException {
    return JSON.readTree(stage.resolve("data-card.json").toFile());
  }

  @Test
  void workersInProcessesOfTheirOwnSampleTheSame() throws IOException {
    Path stage = run(RIGHT, "");
    List<String> said = said(stage);
    Folders.delete(stage);
    Path again = run(RIGHT, "rollouts: {workers: 1, backend: process}\n");
    assertThat(again).as("who samples is no part of a stage's key").isEqualTo(stage);
    assertThat(said(again)).isEqualTo(said);
  }

  private Recipe recipe(String reward, String options) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("recipe.yaml"), RECIPE.formatted(reward, filters) + options);
    return RecipeLoader.load(List.of(file), List.of("output=" + folder));
  }

  private Path run(String reward, String options) throws IOException {
    PrintStream nowhere =
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    return new PipelineRun(recipe(reward, options), nowhere, null)
        .run()
        .stages()
        .get(0)
        .directory();
  }
}
