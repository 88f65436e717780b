package org.r1zero.experiment.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.RecipeLoader;

/** Reports of runs whose files are written here. */
@Tag("slow")
class RunsReportTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String HOSTILE = "</script><img src=x onerror=document.title='owned'>";
  @TempDir private Path folder;

  @Test
  void oneRunBeforeAndAfter() throws IOException {
    Path run = run("first", 1e-4, 1);
    JsonNode data = RunsReport.write(List.of(run), folder.resolve("out"));
    JsonNode arm = data.at("/arms/0");
    assertThat(arm.path("status").asText()).isEqualTo("done");
    assertThat(arm.at("/curves/0/points").findValuesAsText("accuracy"))
        .containsExactly("0.25", "0.5");
    assertThat(arm.at("/curves/0/points/0/mixing").asDouble()).isZero();

    JsonNode group = data.at("/evaluations/0");
    assertThat(group.path("arms").findValuesAsText("name"))
        .contains("first, before", "first, after");
    // two problems with two samples each: 1 of 4 right before, 3 of 4 after
    assertThat(group.at("/arms/0/pass1/mean").asDouble()).isCloseTo(0.25, within(1e-12));
    assertThat(group.at("/arms/1/pass1/mean").asDouble()).isCloseTo(0.75, within(1e-12));
    assertThat(group.path("differences").findValuesAsText("finding")).contains("true");

    String page = Files.readString(Path.of(data.path("report").asText()));
    assertThat(page).contains("chart-mixing", "chart-evaluation-0", "number said so");
    assertThat(page).doesNotContain("<img").doesNotContain("src=\"http");
    Pages.assertSound(page);
    assertThat(data.at("/arms/0/bands/1/accuracy/mean").asDouble()).isCloseTo(0.5, within(1e-12));
    assertThat(Files.readString(folder.resolve("out/report.md")))
        .contains("| first | train | done | embedded | 1 | 2 | 50.0 % | 0.500 |")
        .contains("| first, after | 75.0 % [");
  }

  @Test
  void severalRunsShowWhatDiffersAndOnlyTheSameProblemsAreHeldTogether() throws IOException {
    Path first = run("first", 1e-4, 1);
    Path second = run("second", 1e-3, 1);
    Path other = run("other", 1e-4, 2);
    JsonNode data = RunsReport.write(List.of(first, second, other), folder.resolve("out"));
    assertThat(data.path("evaluations")).hasSize(2);
    assertThat(data.at("/evaluations/0/arms")).hasSize(4);
    assertThat(data.at("/evaluations/1/arms")).hasSize(2);
    String page = Files.readString(Path.of(data.path("report").asText()));
    Pages.assertSound(page);
    assertThat(page)
        .contains("<h3>first, before; first, after; second, before; second, after</h3>");
    assertThat(Files.readString(folder.resolve("out/report.md")))
        .contains("- name: first\n+ name: second\n")
        .contains(
            "- grpo.optimizer.learning_rate: 1.0E-4\n+ grpo.optimizer.learning_rate: 0.001\n");
  }

  @Test
  void aPipelineHasItsStagesInOrder() throws IOException {
    Path sft = Files.createDirectories(folder.resolve("stages/sft-1"));
    Files.writeString(
        sft.resolve("metrics.jsonl"),
        "{\"step\": 1, \"loss\": 2.5}\n{\"step\": 2, \"loss\": 1.5}\n");
    Path rl = run("stages/rl-1/20260101-000000-rl", 1e-4, 1);
    Path pipeline = Files.createDirectories(folder.resolve("r1-seed1"));
    Files.writeString(
        pipeline.resolve("recipe.yaml"),
        "name: r1\nseed: 1\nmodel: embedded\nstages:\n- {name: sft, kind: sft}\n- {name: rl, kind:"
            + " rl}\n- {name: more, kind: rl}\n");
    String stage =
        "{\"name\": \"%s\", \"kind\": \"%s\", \"status\": \"done\", \"directory\": \"%s\","
            + " \"cost\": {\"seconds\": 3, \"sampled_tokens\": 1234, \"trained_tokens\": 5,"
            + " \"flops\": 1e9}}";
    Files.writeString(
        pipeline.resolve("pipeline.json"),
        "{\"model\": \"m\", \"stages\": ["
            + String.format(Locale.ROOT, stage, "sft", "sft", sft)
            + ","
            + String.format(Locale.ROOT, stage, "rl", "rl", rl.getParent())
            + "]}");
    JsonNode data = RunsReport.write(List.of(pipeline), pipeline);
    assertThat(data.at("/arms/0/status").asText()).isEqualTo("unfinished"); // a stage is to come
    assertThat(data.at("/arms/0/supervised").findValuesAsText("loss"))
        .containsExactly("2.5", "1.5");
    assertThat(data.at("/arms/0/curves/0/points")).hasSize(2);
    assertThat(data.at("/evaluations/0/arms/1/name").asText()).isEqualTo("r1-seed1, after");
    assertThat(Files.readString(pipeline.resolve("report.md")))
        .contains("| r1-seed1 | rl | rl | done | 3 s | 1,234 | 5 | 1.00e+09 |");
    String page = Files.readString(pipeline.resolve("report.html"));
    assertThat(page).contains("chart-supervised");
    Pages.assertSound(page);
  }

  @Test
  void aTeachersStepsAreNotTheStudents() throws IOException {
    Path rl = run("stages/rl-1/20260101-000000-rl", 1e-4, 1);
    Path student = Files.createDirectories(folder.resolve("stages/distill-1"));
    Files.writeString(student.resolve("metrics.jsonl"), "{\"step\": 1, \"loss\": 0.5}\n");
    Path pipeline = Files.createDirectories(folder.resolve("distill-seed1"));
    Files.writeString(
        pipeline.resolve("recipe.yaml"),
        "name: distill\nmodel: embedded\nstages:\n- {name: rl, kind: rl}\n- {name: distill, kind:"
            + " on_policy_distill, model: embedded-small, options: {teacher: rl}}\n");
    String stage = "{\"name\": \"%s\", \"status\": \"done\", \"directory\": \"%s\"}";
    Files.writeString(
        pipeline.resolve("pipeline.json"),
        "{\"stages\": ["
            + String.format(Locale.ROOT, stage, "rl", rl.getParent())
            + ","
            + String.format(Locale.ROOT, stage, "distill", student)
            + "]}");
    JsonNode arm = RunsReport.write(List.of(pipeline), pipeline).at("/arms/0");
    assertThat(arm.path("model").asText()).isEqualTo("embedded-small");
    assertThat(arm.at("/curves/0/points")).isEmpty();
    assertThat(arm.path("supervised").findValuesAsText("loss")).containsExactly("0.5");
    assertThat(arm.path("stages")).hasSize(2);
  }

  @Test
  void accuracyIsThatOfTheFirstRewardWhateverItsName() throws IOException {
    Path run = run("first", 1e-4, 1);
    Files.writeString(
        run.resolve("recipe.yaml"),
        "name: first\nseed: 1\nmodel: embedded\nrewards: [{verifier: number}, {verifier:"
            + " cosine_length}]\n");
    Files.writeString(
        run.resolve("metrics.jsonl"),
        "{\"step\": 1, \"reward\": 0, \"rewards/cosine_length/correct\": 0.9,"
            + " \"rewards/number/correct\": 0.25}\n");
    JsonNode data = RunsReport.write(List.of(run), folder.resolve("out"));
    assertThat(data.at("/arms/0/curves/0/points/0/accuracy").asDouble()).isEqualTo(0.25);
  }

  /** Token budgets end at what an evaluation's completions were allowed, not rollouts. */
  @Test
  void budgetsAreThoseOfTheEvaluation() throws IOException {
    Path run = run("first", 1e-4, 1);
    Files.writeString(
        run.resolve("recipe.yaml"),
        "name: first\nseed: 1\nmodel: embedded\nsampling: {max_new_tokens: 64}\nevaluation:"
            + " {max_new_tokens: 512}\n");
    JsonNode data = RunsReport.write(List.of(run), folder.resolve("out"));
    assertThat(data.at("/evaluations/0/arms/0/budgets").findValuesAsText("x"))
        .last()
        .isEqualTo("512");
  }

  @Test
  void stepsCountFromOneAlsoWhereAnOlderVersionCountedFromZero() throws IOException {
    JsonNode data = RunsReport.write(List.of(run("first", 1e-4, 1)), folder.resolve("out"));
    assertThat(data.at("/arms/0/curves/0/points").findValuesAsText("step"))
        .containsExactly("1", "2");
    assertThat(Files.readString(folder.resolve("out/report.html")))
        .contains("step 2, reward")
        .doesNotContain("step 0, reward");
  }

  @Test
  void halfACharacterAndNamesThatAreMarkupSpoilNoReport() throws IOException {
    Path run = run("first", 1e-4, 1);
    Files.writeString(
        run.resolve("rollouts/step-000001.jsonl"),
        completion(1, "p1", 0, true, "cut HALF").replace("HALF", "\\ud83d"));
    Path other = Files.move(run("other", 1e-4, 1), folder.resolve("a<b>_c_|[x](javascript:x)"));
    RunsReport.write(List.of(run, other), folder.resolve("out"));
    assertThat(Files.readString(folder.resolve("out/report.html"))).contains("cut \ufffd");
    assertThat(Files.readString(folder.resolve("out/report.md")))
        .contains("| a\\<b\\>\\_c\\_\\|[x\\](javascript:x) |")
        .doesNotContain("<b>");
  }

  @Test
  void oneTrainingIsNotCalledBetter() throws IOException {
    JsonNode data = RunsReport.write(List.of(run("first", 1e-4, 1)), folder.resolve("out"));
    String headline = data.at("/evaluations/0/headline").asText();
    assertThat(headline)
        .startsWith("Accuracy: first, before 25.0 % [")
        .contains("first, after 75.0 % [")
        .contains("no significant difference");
    assertThat(Files.readString(folder.resolve("out/report.html")))
        .contains("<p class=\"headline\">Accuracy: first, before")
        .doesNotContain("is better than");
    assertThat(Files.readString(folder.resolve("out/report.md"))).contains("**Accuracy: first");
  }

  @Test
  void aFolderWithoutARunIsAClearError() {
    assertThatThrownBy(() -> RunsReport.write(List.of(folder), folder))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("is not a run: it has no recipe.yaml");
  }

  @Test
  void chromiumDrawsTheChartsAndShowsHostileOutputAsText() throws Exception {
    JsonNode data =
        RunsReport.write(List.of(run("first", 1e-4, 1), run("second", 1e-3, 2)), folder);
    Path page = Path.of(data.path("report").asText());
    String dom = Chromium.dom(page.toUri().toString(), folder.resolve("profile"));
    assertThat(dom).contains("data-charts=\"8\"").contains("<title>2 runs</title>");
    assertThat(dom).contains("&lt;img src=x onerror").doesNotContain("<img");
  }

  /** A run of two steps, evaluated before and after. */
  private Path run(String name, double rate, long seed) throws IOException {
    Path run = Files.createDirectories(folder.resolve(name));
    String recipe = "name=" + run.getFileName();
    Files.writeString(
        run.resolve("recipe.yaml"),
        RecipeLoader.toYaml(
            RecipeLoader.load(
                List.of(),
                List.of(recipe, "seed=" + seed, "grpo.optimizer.learning_rate=" + rate))));
    Files.writeString(run.resolve("manifest.json"), "{\"status\": \"done\"}");
    String step =
        "{\"step\": %d, \"reward\": %s, \"rewards/number/correct\": %s,"
            + " \"completions/mean_length\": 9}\n";
    Files.writeString(
        run.resolve("metrics.jsonl"),
        String.format(Locale.ROOT, step, 0, "0.25", "0.25")
            + String.format(Locale.ROOT, step, 1, "0.5", "0.5"));
    Files.createDirectories(run.resolve("rollouts"));
    Files.writeString(
        run.resolve("rollouts/step-000000.jsonl"), completion(0, "p1", 0, true, "so it is two"));
    Files.writeString(
        run.resolve("rollouts/step-000001.jsonl"),
        completion(1, "p1", 0, true, HOSTILE) + completion(1, "p1", 1, false, "plain"));
    evaluation(run.resolve("evaluation-before.jsonl"), seed, true, false, false, false);
    evaluation(run.resolve("evaluation-after.jsonl"), seed, true, true, true, false);
    return run;
  }

  /** One greedy completion and two samples of two problems; the samples' verdicts are given. */
  private static void evaluation(Path file, long seed, boolean... right) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int problem = 0; problem < 2; problem++) {
      String id = "p" + problem + "-" + seed;
      lines.append(completion(0, id, -1, right[2 * problem], "greedy"));
      lines.append(completion(0, id, 0, right[2 * problem], "said"));
      lines.append(completion(0, id, 1, right[2 * problem + 1], "said"));
    }
    Files.writeString(file, lines);
  }

  private static String completion(
      long step, String problem, int sample, boolean right, String text) throws IOException {
    var node = JSON.createObjectNode();
    node.put("step", step).put("problem", problem).put("sample", sample);
    node.put("prompt", "Question " + problem).put("completion", text).put("gold", "2");
    node.put("tokens", 3).put("finish_reason", "stop").put("reward", right ? 1 : 0);
    node.put("right", right).put("vote", 0);
    var verdict = node.putObject("verdicts").putObject("number");
    verdict.put("score", right ? 1 : 0).put("outcome", right ? "correct" : "incorrect");
    verdict.put("reason", "number said so");
    return JSON.writeValueAsString(node) + "\n";
  }
}
