package org.r1zero.experiment.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.experiment.compare.CompareConfig;
import org.r1zero.experiment.compare.Comparison;
import org.r1zero.grpo.advantage.GroupRelative;
import org.r1zero.grpo.health.HealthAction;
import org.r1zero.grpo.loss.LossType;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.Quantization;
import org.r1zero.verify.reward.RewardEntry;

@Tag("slow")
class RecipeLoaderTest {
  @TempDir private Path folder;

  @Test
  void anEmptyMappingIsTheDefaults() throws IOException {
    assertThat(RecipeLoader.load(List.of(file("a.yaml", "{}")), List.of()))
        .isEqualTo(Recipe.defaults());
  }

  @Test
  void whatAnEnvironmentPaysNeedsOne() throws IOException {
    Path recipe =
        file(
            "a.yaml",
            "rewards: [{verifier: environment}]\nenvironment: {name: guess, options: {a: 1}}");
    Recipe read = RecipeLoader.load(List.of(recipe), List.of("environment.max_turns=3"));
    assertThat(read.environment().name()).isEqualTo("guess");
    assertThat(read.environment().maxTurns()).isEqualTo(3);
    assertThat(read.environment().options().path("a").asInt()).isEqualTo(1);
    assertThatThrownBy(() -> RecipeLoader.load(List.of(recipe), List.of("environment.name=none")))
        .hasMessageContaining("environment.name must name an environment")
        .hasMessageContaining("was none");
    assertThatThrownBy(() -> RecipeLoader.load(List.of(recipe), List.of("environment.max_turns=0")))
        .hasMessageContaining("environment.max_turns must be >= 1, was 0");
  }

  @Test
  void laterFilesWinAndSettingsWinOverFiles() throws IOException {
    Path first = file("a.yaml", "seed: 1\ngrpo: {steps: 5, num_generations: 4}\nname: first");
    Path second = file("b.yaml", "grpo: {steps: 6}\nseed: 2");
    Recipe recipe = RecipeLoader.load(List.of(first, second), List.of("seed=3", "dtype=bfloat16"));
    assertThat(recipe.name()).isEqualTo("first");
    assertThat(recipe.grpo().steps()).isEqualTo(6);
    assertThat(recipe.grpo().numGenerations()).isEqualTo(4);
    assertThat(recipe.seed()).isEqualTo(3);
    assertThat(recipe.dtype()).isEqualTo(ComputeType.BFLOAT16);
  }

  @Test
  void aFileIsLaidOverTheOneThatItExtendsAndAddsToItsLists() throws IOException {
    file("a.yaml", "name: a\nseed: 1\ngrpo: {steps: 5}\nrewards: [{verifier: number}]");
    file("b.yaml", "extends: a.yaml\nname: b\nrewards+: [{verifier: format}]");
    Path third = file("c.yaml", "extends: b.yaml\nname: c\nrewards+: [{verifier: language}]");
    Recipe recipe = RecipeLoader.load(List.of(third), List.of());
    assertThat(recipe.name()).isEqualTo("c");
    assertThat(recipe.seed()).isEqualTo(1);
    assertThat(recipe.grpo().steps()).isEqualTo(5);
    assertThat(recipe.rewards())
        .extracting(RewardEntry::verifier)
        .containsExactly("number", "format", "language");
    Path replaces = file("d.yaml", "extends: b.yaml\nrewards: [{verifier: math}]");
    assertThat(RecipeLoader.load(List.of(replaces), List.of()).rewards()).hasSize(1);
  }

  @Test
  void aMappingOverAListChangesItsElementsByName() throws IOException {
    file("a.yaml", "rewards: [{verifier: number, weight: 1.0}, {verifier: format, weight: 0.5}]");
    Path over = file("b.yaml", "extends: a.yaml\nrewards: {format: {weight: 0.25}}");
    assertThat(RecipeLoader.load(List.of(over), List.of("rewards.0.weight=2")).rewards())
        .extracting(RewardEntry::verifier, RewardEntry::weight)
        .containsExactly(tuple("number", 2.0), tuple("format", 0.25));
    assertThat(RecipeLoader.load(List.of(over), List.of("rewards.format.weight=3")).rewards())
        .extracting(RewardEntry::weight)
        .containsExactly(1.0, 3.0);
  }

  @Test
  void anElementThatAListLacksIsAFaultThatSaysWhichThereAre() throws IOException {
    Path base = file("a.yaml", "rewards: [{verifier: number}, {verifier: format}]");
    Path over = file("b.yaml", "extends: a.yaml\nrewards: {fromat: {weight: 0.25}, format: 1}");
    assertThatThrownBy(() -> RecipeLoader.load(List.of(over), List.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("b.yaml")
        .hasMessageContaining("rewards has no fromat; it has number, format")
        .hasMessageContaining("rewards.format must be laid over by a mapping of keys");
    assertThatThrownBy(
            () -> RecipeLoader.load(List.of(base), List.of("rewards.2.weight=1", "rewards.0=x")))
        .hasMessageContaining("rewards has no 2; it has number, format")
        .hasMessageContaining("--set changes a key of 0, not the whole");
  }

  @Test
  void filesThatExtendEachOtherAreRefused() throws IOException {
    Path first = file("a.yaml", "extends: b.yaml");
    file("b.yaml", "extends: a.yaml");
    assertThatThrownBy(() -> RecipeLoader.load(List.of(first), List.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("a.yaml: extends must not come back");
    Path nothing = file("c.yaml", "extends: missing.yaml");
    assertThatThrownBy(() -> RecipeLoader.load(List.of(nothing), List.of()))
        .hasMessageContaining("missing.yaml: there is no such file");
    Path list = file("d.yaml", "extends: [a.yaml]");
    assertThatThrownBy(() -> RecipeLoader.load(List.of(list), List.of()))
        .hasMessageContaining("extends must be a recipe's file");
  }

  @Test
  void readsEveryKindOfValue() throws IOException {
    Recipe recipe =
        RecipeLoader.load(
            List.of(
                file(
                    "a.yaml",
                    """
                    grpo:
                      scale_rewards: batch
                      loss: {loss_type: dr_grpo, epsilon_high: 0.28, delta: null, beta: 1e-3}
                      off_policy: {importance_sampling_clip_max: null, importance_sampling_mode: token_mask}
                      optimizer: {learning_rate: 1e-6}
                    rewards:
                      - {verifier: format, gate: true, options: {mode: soft}}
                    sampling: {stop: ["</answer>", "x"], top_p: 1}
                    """)),
            List.of());
    assertThat(recipe.grpo().scaleRewards()).isEqualTo(GroupRelative.Scale.BATCH);
    assertThat(recipe.grpo().loss().lossType()).isEqualTo(LossType.DR_GRPO);
    assertThat(recipe.grpo().loss().beta()).isEqualTo(1e-3);
    assertThat(recipe.grpo().loss().epsilonHigh()).isEqualTo(0.28);
    assertThat(recipe.grpo().loss().delta()).isNull();
    assertThat(recipe.grpo().offPolicy().importanceSamplingClipMax()).isNull();
    assertThat(recipe.grpo().optimizer().learningRate()).isEqualTo(1e-6);
    assertThat(recipe.rewards().get(0).gate()).isTrue();
    assertThat(recipe.rewards().get(0).options().get("mode").asText()).isEqualTo("soft");
    assertThat(recipe.sampling().stop()).containsExactly("</answer>", "x");
  }

  @Test
  void int8RolloutsNeedBf16AndACorrection() throws IOException {
    Path recipe = file("int8.yaml", "sampling: {quantization: int8}");
    assertThatThrownBy(() -> RecipeLoader.load(List.of(recipe), List.of()))
        .hasMessageContaining("dtype must be bfloat16")
        .hasMessageContaining("grpo.off_policy.importance_sampling_correction must be true");
    List<String> remedy =
        List.of("dtype=bfloat16", "grpo.off_policy.importance_sampling_correction=true");
    assertThat(RecipeLoader.load(List.of(recipe), remedy).sampling().quantization())
        .isEqualTo(Quantization.INT8);
  }

  @Test
  void aReferenceUnderAdaptersCantFollowThem() throws IOException {
    Path recipe =
        file("sync.yaml", "grpo: {loss: {beta: 0.04}, reference: {sync_ref_model: true}}");
    assertThat(RecipeLoader.load(List.of(recipe), List.of()).grpo().reference().syncRefModel())
        .isTrue();
    assertThatThrownBy(() -> RecipeLoader.load(List.of(recipe), List.of("lora.r=4")))
        .hasMessageContaining("grpo.reference.sync_ref_model must be false where lora.r is > 0");
  }

  @Test
  void theWrittenRecipeReadsBackTheSame() throws IOException {
    Recipe recipe =
        RecipeLoader.builtIn(
            "demo.yaml", List.of("prompt.template=chat", "prompt.system=Say: yes or no"));
    assertThat(recipe.prompt().system()).isEqualTo("Say: yes or no");
    Path written = file("written.yaml", RecipeLoader.toYaml(recipe));
    assertThat(RecipeLoader.load(List.of(written), List.of())).isEqualTo(recipe);
  }

  @Test
  void everyFaultOfRewardsAndScoringIsNamed() throws IOException {
    Path recipe =
        file(
            "a.yaml",
            """
            rewards: [{verifier: number, weight: .inf, name: Right}]
            scoring: {threads: -1, timeout_seconds: 0, max_failed_ratio: 2}
            """);
    assertThatThrownBy(() -> RecipeLoader.load(List.of(recipe), List.of()))
        .hasMessageContaining("has 5 faults")
        .hasMessageContaining("rewards[0].weight must be a finite number")
        .hasMessageContaining("rewards[0].name must be lower case")
        .hasMessageContaining("scoring.threads must be >= 0")
        .hasMessageContaining("scoring.timeout_seconds must be in (0, 3600]")
        .hasMessageContaining("scoring.max_failed_ratio must be in [0, 1]");
  }

  @Test
  void namesEveryFaultAtOnceWithTheNearestKey() throws IOException {
    Path recipe =
        file(
            "bad.yaml",
            """
            sede: 1
            grpo: {num_generations: 1, stepz: 4}
            sampling: {temperature: hot, top_p: 2}
            dtype: float8
            """);
    assertThatThrownBy(() -> RecipeLoader.load(List.of(recipe), List.of("nonsense")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("bad.yaml has ")
        .hasMessageContaining("--set takes key=value, such as grpo.steps=20; was nonsense")
        .hasMessageContaining("unknown key sede; did you mean seed?")
        .hasMessageContaining("unknown key grpo.stepz; did you mean grpo.steps?")
        .hasMessageContaining("grpo.num_generations must be >= 2, was 1")
        .hasMessageContaining("sampling.temperature must be a number, was \"hot\"")
        .hasMessageContaining("dtype must be float32 or bfloat16, was \"float8\"");
  }

  @Test
  void aliasesAndMergeKeysStandForWhatTheyReferTo() throws IOException {
    Recipe recipe =
        RecipeLoader.load(
            List.of(
                file(
                    "alias.yaml",
                    """
                    name: &n myname
                    prompt: {template: chat, system: *n}
                    rewards:
                      - &r {verifier: number, weight: 0.5, options: {sources: [last]}}
                      - {<<: *r, weight: 2, name: again}
                    """)),
            List.of());
    assertThat(recipe.prompt().system()).isEqualTo("myname");
    assertThat(recipe.rewards())
        .extracting(RewardEntry::verifier, RewardEntry::weight, RewardEntry::column)
        .containsExactly(tuple("number", 0.5, "number"), tuple("number", 2.0, "again"));
    assertThat(recipe.rewards().get(1).options()).isEqualTo(recipe.rewards().get(0).options());
  }

  @Test
  void aliasesThatGrowWithoutBoundAreRefused() throws IOException {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]\n");
    for (int i = 1; i < 40; i++) {
      bomb.append(String.format("a%d: &a%d [*a%d, *a%d]%n", i, i, i - 1, i - 1));
    }
    Path recipe = file("bomb.yaml", bomb.toString());
    assertThatThrownBy(() -> RecipeLoader.load(List.of(recipe), List.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("has more than 100000 values");
  }

  @Test
  void onAndOffAreBooleansOrValuesWhereTheyAreNamed() throws IOException {
    Path recipe =
        file(
            "a.yaml",
            """
            health: {kl: off, nan: off}
            grpo: {gradient_checkpointing: on, mask_truncated_completions: no}
            checkpoint: {load_best_model_at_end: Yes}
            rewards: [{verifier: countdown, options: {use_all: on}}]
            name: no
            model: 1.10
            """);
    Recipe read = RecipeLoader.load(List.of(recipe), List.of("health.entropy=off"));
    assertThat(read.health().kl()).isEqualTo(HealthAction.OFF);
    assertThat(read.health().nan()).isEqualTo(HealthAction.OFF);
    assertThat(read.health().entropy()).isEqualTo(HealthAction.OFF);
    assertThat(read.grpo().gradientCheckpointing()).isTrue();
    assertThat(read.grpo().maskTruncatedCompletions()).isFalse();
    assertThat(read.checkpoint().loadBestModelAtEnd()).isTrue();
    assertThat(read.name()).isEqualTo("no");
    assertThat(read.model()).isEqualTo("1.10");
    Path written = file("written.yaml", RecipeLoader.toYaml(read));
    assertThat(RecipeLoader.load(List.of(written), List.of())).isEqualTo(read);
  }

  @Test
  void writesKeysThatAreOffToo() {
    assertThat(RecipeLoader.toYaml(Recipe.defaults()))
        .contains("epsilon_high: null", "off_policy_mask_threshold: null", "min_lr: null");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bf16", "bfloat16", "BF16"})
  void bothNamesOfATypeAreTaken(String name) throws IOException {
    assertThat(RecipeLoader.load(List.of(file("a.yaml", "dtype: " + name)), List.of()).dtype())
        .isEqualTo(ComputeType.BFLOAT16);
  }

  @Test
  @Timeout(10)
  void aHugeFileOrNameIsRefusedAtOnce() throws IOException {
    Path huge = file("huge.yaml", "name: " + "x".repeat(3_000_000));
    assertThatThrownBy(() -> RecipeLoader.load(List.of(huge), List.of()))
        .hasMessageContaining("has 3000006 bytes; a recipe has at most 1048576");
    Path large = file("large.yaml", "name: " + "x".repeat(900_000));
    assertThatThrownBy(() -> RecipeLoader.load(List.of(large), List.of()))
        .hasMessageContaining("name must have at most 100 characters, had 900000");
    Path digits = file("digits.yaml", "seed: " + "1".repeat(900_000));
    assertThatThrownBy(() -> RecipeLoader.load(List.of(digits), List.of()))
        .hasMessageContaining("seed must be a whole number, was \"111")
        .message()
        .hasSizeLessThan(500);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "grpo.beta=0.1 | TRL's beta is grpo.loss.beta here",
        "beta=0.1 | TRL's beta is grpo.loss.beta here",
        "grpo.learning_rate=1 | TRL's learning_rate is grpo.optimizer.learning_rate here",
        "learning_rate=1 | TRL's learning_rate is grpo.optimizer.learning_rate here",
        "epsilon_high=1 | TRL's epsilon_high is grpo.loss.epsilon_high here",
        "grpo.max_completion_length=1 | is sampling.max_new_tokens here",
        "max_new_tokens=1 | did you mean sampling.max_new_tokens or ",
        "grpo.max_batch=1 | did you mean sampling.max_batch?",
        "sampling.num_generations=1 | is grpo.num_generations here",
        "use_vllm=true | TRL's use_vllm has no counterpart here: not needed",
        "grpo.stepz=1 | did you mean grpo.steps?",
        "steps=1 | did you mean grpo.steps?",
        "optimizer.learning_rate=1 | did you mean grpo.optimizer?",
        "rewards.0.wieght=1 | did you mean rewards[0].weight?",
        "actor_rollout_ref.actor.clip_ratio_high=1 | verl's actor_rollout_ref.actor.clip_ratio_high"
            + " is grpo.loss.epsilon_high here",
        "actor_rollout_ref.rollout.enforce_eager=1 | verl's, it has no counterpart here",
        "data.train_batch_size=8 | verl's data.train_batch_size is grpo.problems_per_step here",
        "algorithm.kl_ctrl.kl_coef=1 | is grpo.loss.beta here",
        "grpo.kl_loss_coef=1 | is grpo.loss.beta here",
        "grpo.qwertyuiop=1 | r1zero explain lists all keys",
      })
  void anUnknownKeyIsAnsweredWithOurs(String setting, String advice) throws IOException {
    Path recipe = file("a.yaml", "rewards: [{verifier: number}]");
    assertThatThrownBy(() -> RecipeLoader.load(List.of(recipe), List.of(setting)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("unknown key ")
        .hasMessageContaining(advice)
        .message()
        .satisfies(text -> assertThat(text.lines()).hasSize(1).allMatch(l -> l.length() < 250));
  }

  @Test
  void oneKeyOfASectionLeavesTheOthersAsTheyAreWithoutIt() {
    record Inner(int a, int b) {
      @SuppressWarnings("UnusedMethod") // called by its name
      static Inner defaults() {
        return new Inner(1, 2);
      }
    }
    record Outer(Inner inner) {
      @SuppressWarnings("UnusedMethod") // called by its name
      static Outer defaults() {
        return new Outer(new Inner(3, 4));
      }
    }
    assertThat(RecipeLoader.bind(Outer.class, "x", RecipeLoader.parse("inner: {a: 5}"), List.of()))
        .isEqualTo(new Outer(new Inner(5, 4)));
  }

  @Test
  void everyForeignNameIsAnsweredWithAKeyThatThereIs() {
    List<String> ours = new RecipeKeys(Recipe.class).paths();
    assertThat(ForeignKeys.all()).hasSizeGreaterThan(200);
    for (ForeignKeys.Entry entry : ForeignKeys.all()) {
      if (!entry.here().isEmpty()) {
        assertThat(ours).as(entry.name()).contains(entry.here());
      }
    }
  }

  @Test
  void whatIsWrongHidesNothingThatIsWrongBesideIt() throws IOException {
    Path recipe =
        file(
            "bad.yaml",
            """
            grpo: {steps: -3, num_generations: x, optimizer: {learning_rate: -1}}
            sampling: {temperature: -1}
            rewards: []
            """);
    assertThatThrownBy(() -> RecipeLoader.load(List.of(recipe), List.of()))
        .hasMessageContaining("has 5 faults")
        .hasMessageContaining("grpo.steps must be >= 1, was -3")
        .hasMessageContaining("grpo.num_generations must be a whole number, was \"x\"")
        .hasMessageContaining("grpo.optimizer.learning_rate must be")
        .hasMessageContaining("sampling.temperature must be 0 (greedy) or in")
        .hasMessageContaining("rewards must name at least one verifier");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'a: [1,\n b'  | is not valid YAML: line 2",
        "'a: \"b\nc: 1\n' | line 3: found unexpected end of stream, while scanning a quoted scalar that begins in line 1",
        "'a: b: c' | line 1: mapping values are not allowed here; a value with a colon and a space in it needs quotes",
        "'a:\n  b: 1\n c: 2' | is the line indented as those beside it?",
        "'a:\n\tb: 1' | line 2: found character '\\t(TAB)' that cannot start any token; indent by spaces",
        "'a: @b' | line 1: found character '@' that cannot start any token; a text that begins with it needs quotes",
        "'a: &\n' | line 1: unexpected character found at the end of the line",
        "'a: 1\nb: \u0007' | line 2: has the character U+0007, which YAML does not allow; delete it",
        "'- 1'         | a recipe is a mapping of keys",
        "''            | a recipe is a mapping of keys",
        "'seed: 1\nseed: 2' | line 2: the key seed is there twice, first in line 1",
        "'seed: 1\n---\nseed: 2' | line 3: a second document begins; a recipe is one",
        "'seed: &s 1\nname: *t' | line 2: found undefined alias t",
        "'prompt: &p {a: *p}' | line 1: an alias is inside the node that it refers to",
        "'seed: !!python/none x' | line 1: Global tag is not allowed: tag:yaml.org,2002:python/none",
        "'<<: 3' | line 1: << must be followed by a mapping",
        "'grpo: {gradient_checkpointing: perhaps}' | must be true or false, was \"perhaps\"",
        "'seed: 1.5'   | seed must be a whole number, was 1.5",
        "'grpo: 3'     | grpo must be a mapping, was 3",
        "'rewards: {}' | rewards must be a list",
        "'rewards: []' | rewards must name at least one verifier",
        "'sampling: {temperature: 0}' | temperature must be > 0 in training",
        "'evaluation: {problems: -1}' | evaluation.problems must be >= 0",
        "'name: a/b'   | name must be letters",
      })
  void oneMessageForOneFault(String yaml, String message) throws IOException {
    Path recipe = file("bad.yaml", yaml);
    assertThatThrownBy(() -> RecipeLoader.load(List.of(recipe), List.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("bad.yaml")
        .hasMessageContaining(message);
  }

  @Test
  void deepNestingIsNamed() throws IOException {
    Path recipe = file("bad.yaml", "name: " + "[".repeat(3000));
    assertThatThrownBy(() -> RecipeLoader.load(List.of(recipe), List.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageEndingWith("is nested more than 50 deep");
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(() -> RecipeLoader.load(List.of(folder.resolve("none.yaml")), List.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("none.yaml: there is no such file");
  }

  static Stream<Path> shippedRecipes() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("../recipes"))) {
      return files
          .filter(f -> f.toString().endsWith(".yaml") && !f.toString().contains("algorithms"))
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("shippedRecipes")
  void everyShippedRecipeLoads(Path recipe) throws IOException {
    ObjectNode tree = RecipeLoader.tree(List.of(recipe));
    if (tree.has("arms")) {
      CompareConfig config = RecipeLoader.load(CompareConfig.class, List.of(recipe), List.of());
      Path base = Objects.requireNonNull(recipe.getParent());
      assertThatCode(() -> new Comparison(config, base, folder, System.err))
          .doesNotThrowAnyException(); // reads the arms' recipes and compares them
    } else {
      String name = RecipeLoader.load(List.of(recipe), List.of()).name();
      assertThat(name).isNotIn("run", "pipeline");
    }
  }

  @Test
  void aTrainingRecipeIsAPipelineOfOneStage() throws IOException {
    Path file = file("t.yaml", "name: t\ngrpo: {steps: 7}\nlora: {r: 4}\n");
    Recipe recipe = RecipeLoader.load(List.of(file), List.of());
    assertThat(RecipeLoader.toTree(recipe).has("stages")).isFalse();
    assertThat(recipe.training()).isSameAs(recipe);
    Recipe pipeline = recipe.asPipeline();
    assertThat(pipeline.stages()).hasSize(1);
    StageConfig stage = pipeline.stages().get(0);
    assertThat(stage.kind()).isEqualTo(StageKind.RL);
    assertThat(pipeline.of(stage, "embedded"))
        .isEqualTo(recipe.with(tree -> tree.put("name", stage.name())));
    assertThat(pipeline.training()).isEqualTo(recipe);
  }

  @Test
  void whatAStageDoesNotSayIsThePipelines() throws IOException {
    Path file =
        file(
            "p.yaml",
            """
            grpo: {steps: 7, num_generations: 4}
            checkpoint: {save_steps: 5}
            stages:
            - {name: a, kind: rl, options: {grpo: {steps: 3}, rewards: [{verifier: format}]}}
            - {name: b, kind: rl, model: embedded-small}
            """);
    Recipe recipe = RecipeLoader.load(List.of(file), List.of());
    assertThat(recipe.name()).isEqualTo("pipeline");
    Recipe a = recipe.of(recipe.stages().get(0), "m");
    assertThat(a.grpo().steps()).isEqualTo(3);
    assertThat(a.grpo().numGenerations()).isEqualTo(4);
    assertThat(a.checkpoint().saveSteps()).isEqualTo(5);
    assertThat(a.accuracyColumn()).isEqualTo("format");
    assertThat(a.stages()).isEmpty();
    assertThat(recipe.of(recipe.stages().get(1), "m").grpo().steps()).isEqualTo(7);
    assertThatThrownBy(recipe::training).hasMessageContaining("stages must be one of kind rl");
  }

  @Test
  void sectionsThatHoldForNoStageAreRefused() throws IOException {
    Path file =
        file(
            "s.yaml",
            """
            grpo: {steps: 7}
            environment: {name: calculator}
            stages:
            - {name: a, kind: sft}
            - {name: b, kind: curate}
            """);
    assertThatThrownBy(() -> RecipeLoader.load(List.of(file), List.of()))
        .hasMessageContaining("stages must have one of kind rl where lora, grpo")
        .hasMessageContaining("environment.name must be none beside stages of kind [curate]");
    Path nested =
        file("n.yaml", "stages: [{name: a, kind: rl, options: {stages: [{name: b, kind: rl}]}}]\n");
    Recipe recipe = RecipeLoader.load(List.of(nested), List.of());
    assertThatThrownBy(recipe::training).hasMessageContaining("stage a: unknown key stages");
  }

  @Test
  void faultsOfASectionAreAListWhateverTheirWords() throws IOException {
    Path file =
        file(
            "f.yaml",
            """
            grpo:
              optimizer: {lr_scheduler_type: cosine_with_min_lr, adam_beta1: 2, warmup_steps: -1}
              loss: {epsilon: 3, sapo_temperature_pos: 0}
            """);
    assertThatThrownBy(() -> RecipeLoader.load(List.of(file), List.of()))
        .hasMessageContaining("has 5 faults")
        .hasMessageContaining("\n  grpo.optimizer.warmup_steps must be >= 0, was -1\n")
        .hasMessageContaining(
            "\n  grpo.optimizer.lr_scheduler_kwargs.min_lr or min_lr_rate must be given for"
                + " cosine_with_min_lr")
        .hasMessageContaining("grpo.loss.sapo_temperature_pos must be > 0, was 0.0");
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }
}
