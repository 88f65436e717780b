package org.r1zero.experiment.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.r1zero.experiment.config.RecipeLoader;

/**
 * Each recipe of recipes/ as a user runs it. Those of the embedded model train for two steps of few
 * problems; those for a model of the user's own are checked by a dry run on a stand-in, the
 * embedded model with a longer context and a chat template, and train where R1ZERO_TEST_MODEL names
 * SmolLM2.
 */
@Tag("slow")
class RecipesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path RECIPES = Path.of("../recipes");
  private static final String HOME = "r1zero.home";

  @TempDir private Path folder;
  private @Nullable String home;

  /** As the start script says it: recipes' files are found from here. */
  @BeforeEach
  void setUp() {
    home = System.getProperty(HOME);
    System.setProperty(HOME, Path.of("..").toAbsolutePath().normalize().toString());
  }

  @AfterEach
  void tearDown() {
    if (home == null) {
      System.clearProperty(HOME);
    } else {
      System.setProperty(HOME, home);
    }
  }

  @Test
  void aRecipeWithOnlyANameRuns() throws IOException {
    Path recipe = Files.writeString(folder.resolve("x.yaml"), "name: x\n");
    Ran ran = run(List.of("train", recipe.toString()), few(List.of()));
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.err()).contains("trained 2 steps");
  }

  static Stream<Path> recipes() throws IOException {
    try (Stream<Path> files = Files.walk(RECIPES)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void isUsableWithTheModelThatItIsFor(Path recipe) throws IOException {
    List<Path> files = files(recipe);
    ObjectNode tree = RecipeLoader.tree(files);
    if (tree.has("arms")) {
      List<String> settings = new ArrayList<>(List.of("output=" + folder.resolve("runs")));
      if (isForAnyModel(recipe)) {
        settings.add("shared.model=" + standIn());
      }
      Ran ran = run(command("compare", files, "--dry-run"), settings);
      assertThat(ran.code()).as(ran.err()).isZero();
      assertThat(ran.err()).contains("OK: arm ");
      return;
    }
    String command = tree.has("stages") ? stagesCommand(tree) : "train";
    if (tree.path("model").asText().equals("DIR")) {
      Ran ran =
          run(
              command(command, files, "--dry-run"),
              List.of("model=" + standIn(), data(tree), "output=" + folder.resolve("runs")));
      assertThat(ran.code()).as(ran.err()).isZero();
      assertThat(ran.err()).contains("OK: ");
      return;
    }
    Ran ran = run(command(command, files), few(stages(tree)));
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.err())
        .containsAnyOf("trained 2 steps", "sft step 2/2", "balanced_by_difficulty");
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void trainsTheRealModel(Path recipe) throws IOException {
    ObjectNode tree = RecipeLoader.tree(files(recipe));
    assumeThat(tree.path("model").asText()).isEqualTo("DIR");
    assumeThat(tree.path("stages")).isEmpty();
    assumeThat(recipe.toString()).as("its papers' sizes").doesNotContain("papers");
    String model = System.getenv("R1ZERO_TEST_MODEL");
    assumeThat(model).isNotNull();
    List<String> settings = few(List.of("model=" + model, data(tree)));
    settings.add("sampling.max_new_tokens=16");
    Ran ran = run(command("train", files(recipe)), settings);
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.err()).contains("trained 2 steps");
  }

  /** An overlay is laid over its base. */
  private static List<Path> files(Path recipe) {
    Path base = recipe.resolveSibling("base.yaml");
    return recipe.equals(base) || !Files.exists(base) ? List.of(recipe) : List.of(base, recipe);
  }

  private static boolean isForAnyModel(Path comparison) throws IOException {
    return Files.readString(comparison).contains("smollm2/");
  }

  private static String stagesCommand(ObjectNode tree) {
    String kind = tree.at("/stages/0/kind").asText();
    return tree.path("stages").size() == 1 && !kind.equals("rl") ? kind : "pipeline";
  }

  /** The data that a recipe names, from here; of GSM8K's 8,792 problems the first few. */
  private String data(ObjectNode tree) throws IOException {
    return tree.at("/task/name").asText().equals("gsm8k")
        ? "task.options={train_file: " + cut("train") + ", test_file: " + cut("test") + "}"
        : "task.options.train=400";
  }

  private Path cut(String part) throws IOException {
    Path whole = Path.of("../data/gsm8k", part + ".jsonl.gz");
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(whole)), StandardCharsets.UTF_8))) {
      return Files.write(folder.resolve(part + ".jsonl"), lines.lines().limit(20).toList());
    }
  }

  /** Two steps of few problems, whatever kind a stage is of. */
  private static List<String> stages(ObjectNode tree) {
    List<String> settings = new ArrayList<>();
    for (JsonNode stage : tree.path("stages")) {
      String options = "stages." + stage.path("name").asText() + ".options.";
      switch (stage.path("kind").asText()) {
        case "rl" -> settings.addAll(rl(options));
        case "sft" -> settings.add(options + "schedule={max_steps: 2}");
        case "distill" -> {
          settings.addAll(curate(options + "curate."));
          settings.add(options + "sft.schedule={max_steps: 2}");
        }
        case "on_policy_distill" -> {
          settings.add(options + "steps=2");
          settings.add(options + "problems_per_step=2");
        }
        default -> settings.addAll(curate(options));
      }
    }
    return settings;
  }

  /** Enough samples for some right ones; what an untrained model can't do is not asked of it. */
  private static List<String> curate(String options) {
    return List.of(
        options + "problems=16",
        options + "samples=8",
        options + "verifiers=[]",
        options + "first_problem=0");
  }

  private static List<String> rl(String options) {
    return List.of(
        options + "grpo.steps=2",
        options + "grpo.problems_per_step=2",
        options + "grpo.num_generations=4");
  }

  private List<String> few(List<String> more) {
    List<String> settings = new ArrayList<>(more);
    if (more.stream().noneMatch(setting -> setting.startsWith("stages."))) {
      settings.addAll(rl(""));
    }
    settings.add("evaluation={problems: 2, samples: 1}");
    settings.add("output=" + folder.resolve("runs"));
    return settings;
  }

  private static List<String> command(String name, List<Path> files, String... more) {
    List<String> command = new ArrayList<>(List.of(name));
    files.forEach(file -> command.add(file.toString()));
    command.addAll(List.of(more));
    return command;
  }

  private static Ran run(List<String> command, List<String> settings) {
    List<String> all = new ArrayList<>(command);
    settings.forEach(setting -> all.addAll(List.of("--set", setting)));
    return Ran.command(all.toArray(String[]::new));
  }

  private Path standIn() throws IOException {
    return StandIn.make(folder.resolve("stand-in"));
  }

  /** The embedded model with room for long completions, and a chat template. */
  static final class StandIn {
    private StandIn() {}

    static Path make(Path target) throws IOException {
      Ran exported = Ran.command("export", "embedded", target.toString());
      assertThat(exported.code()).as(exported.err()).isZero();
      change(target.resolve("config.json"), "max_position_embeddings", "65536");
      change(
          target.resolve("tokenizer_config.json"),
          "chat_template",
          "\"{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\\n{% endfor %}{% if"
              + " add_generation_prompt %}assistant: {% endif %}\"");
      return target;
    }

    private static void change(Path file, String key, String value) throws IOException {
      ObjectNode tree = (ObjectNode) JSON.readTree(file.toFile());
      tree.set(key, JSON.readTree(value));
      JSON.writeValue(file.toFile(), tree);
    }
  }
}
