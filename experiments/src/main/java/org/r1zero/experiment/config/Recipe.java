package org.r1zero.experiment.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.r1zero.grpo.AdvantageConfig;
import org.r1zero.grpo.GrpoConfig;
import org.r1zero.grpo.OffPolicyConfig;
import org.r1zero.grpo.faults.Faults;
import org.r1zero.grpo.health.HealthConfig;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.LoraConfig;
import org.r1zero.grpo.model.Quantization;
import org.r1zero.rollout.RolloutsConfig;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.verify.reward.RewardEntry;
import org.r1zero.verify.reward.ScoringConfig;

/**
 * Everything that a run depends on. With {@code stages} it is a pipeline's: its sections hold for
 * every stage that does not say otherwise. Without, it is its own only stage, of kind {@code rl}.
 *
 * @param name becomes part of the run directory's name
 * @param seed decides all randomness
 * @param model the model to train: a folder in Hugging Face layout, or {@code embedded}
 * @param dtype what the network computes in; weights are kept in fp32
 * @param device where the model is: {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}
 * @param output the folder that run directories and stages go to
 * @param task where problems come from
 * @param prompt how problems are put to the model
 * @param rewards how answers are judged; the first is what accuracy means
 * @param scoring how verifiers are run
 * @param environment what answers the model's turns, where a rollout has several
 * @param sampling how completions are drawn
 * @param rollouts who samples completions, when, and which of them training gets
 * @param lora low-rank adapters, trained in place of the weights where their rank is above 0
 * @param grpo the training
 * @param evaluation what is measured on held-out problems, and when
 * @param checkpoint how the state of training is kept
 * @param health what is watched in training, and what is done about it
 * @param metrics where else the run's numbers can be read
 * @param stages the stages of a pipeline, in order; none where the recipe is for one training
 */
public record Recipe(
    String name,
    long seed,
    String model,
    ComputeType dtype,
    String device,
    String output,
    TaskConfig task,
    PromptConfig prompt,
    List<RewardEntry> rewards,
    ScoringConfig scoring,
    EnvironmentConfig environment,
    SamplingConfig sampling,
    RolloutsConfig rollouts,
    LoraConfig lora,
    GrpoConfig grpo,
    EvaluationConfig evaluation,
    CheckpointConfig checkpoint,
    HealthConfig health,
    MetricsConfig metrics,
    List<StageConfig> stages) {

  private static final int MAX_NAME = 100;
  private static final String STAGES = "stages";

  /** Checks what no part can check alone. */
  public Recipe {
    Faults faults = new Faults();
    checkName(faults, name);
    faults.require(
        !rewards.isEmpty(),
        "rewards",
        "must name at least one verifier, such as {verifier: number}");
    if (stages.isEmpty()) {
      faults.require(
          sampling.temperature() > 0,
          "sampling.temperature",
          "must be > 0 in training, was "
              + sampling.temperature()
              + " (a group needs different answers)");
      checkSampler(faults, dtype, sampling, rollouts, grpo);
      checkBest(faults, evaluation, checkpoint.metricForBestModel());
      checkRewards(faults, rewards, grpo, environment);
      faults.require(
          lora.r() <= 0 || rollouts.learners() == 0,
          "rollouts.learners",
          "must be 0 where lora.r is > 0, was " + rollouts.learners());
      faults.require(
          lora.r() <= 0 || !grpo.reference().syncRefModel(),
          "grpo.reference.sync_ref_model",
          "must be false where lora.r is > 0, was true (the reference is the frozen weights under"
              + " the adapters, which have nothing to follow with; train all weights with lora.r:"
              + " 0, or keep the reference fixed)");
    } else {
      boolean ofRl =
          !lora.equals(LoraConfig.defaults())
              || !grpo.equals(GrpoConfig.defaults())
              || !checkpoint.equals(CheckpointConfig.defaults())
              || !metrics.equals(MetricsConfig.defaults());
      checkStages(faults, stages, ofRl, environment);
    }
    faults.check();
    rewards = List.copyOf(rewards);
    stages = List.copyOf(stages);
  }

  private static void checkSampler(
      Faults faults,
      ComputeType dtype,
      SamplingConfig sampling,
      RolloutsConfig rollouts,
      GrpoConfig grpo) {
    OffPolicyConfig offPolicy = grpo.offPolicy();
    boolean accounted =
        offPolicy.importanceSamplingCorrection()
            || offPolicy.oldLogProbs() == OffPolicyConfig.OldLogProbs.SAMPLER;
    boolean quantized = sampling.quantization() != Quantization.NONE;
    faults.require(
        !quantized || dtype == ComputeType.BFLOAT16,
        "dtype",
        "must be bfloat16 where sampling.quantization is int8, was " + dtype);
    faults.require(
        !quantized || accounted,
        "grpo.off_policy.importance_sampling_correction",
        "must be true where sampling.quantization is int8, was false (the quantised policy sampled"
            + " the rollouts; importance_sampling_mode: token_truncate bounds each token's weight)");
    RolloutsConfig.PartialRollouts partial = rollouts.partialRollouts();
    boolean stale = rollouts.mode() == RolloutsConfig.Mode.ASYNC || partial.enable();
    faults.require(
        !stale || accounted,
        "grpo.off_policy.importance_sampling_correction",
        "must be true (the decoupled objective), or grpo.off_policy.old_log_probs sampler, where"
            + " rollouts.mode is async or partial_rollouts is on: older weights sampled the"
            + " rollouts, and without either nothing accounts for it");
    faults.require(
        !partial.enable() || partial.overSampling() <= grpo.problemsPerStep(),
        "rollouts.partial_rollouts.over_sampling",
        "must be <= grpo.problems_per_step ("
            + grpo.problemsPerStep()
            + "), was "
            + partial.overSampling()
            + " (a step has to be able to train all that was carried over)");
  }

  private static void checkRewards(
      Faults faults, List<RewardEntry> rewards, GrpoConfig grpo, EnvironmentConfig environment) {
    boolean oneByOne =
        grpo.advantage().multiObjectiveAggregation()
            == AdvantageConfig.MultiObjectiveAggregation.NORMALIZE_THEN_SUM;
    faults.require(
        !oneByOne || rewards.stream().noneMatch(RewardEntry::gate),
        "rewards",
        "must have no gate where grpo.advantage.multi_objective_aggregation is normalize_then_sum"
            + " (each is compared within its group alone)");
    boolean paid = rewards.stream().anyMatch(reward -> reward.verifier().equals("environment"));
    faults.require(
        !paid || environment.isOn(),
        "environment.name",
        "must name an environment where rewards has the verifier environment, was none (it scores"
            + " what the environment paid)");
    faults.require(
        grpo.advantage().credit() == AdvantageConfig.Credit.TRAJECTORY || environment.isOn(),
        "grpo.advantage.credit",
        "must be trajectory unless environment.name names an environment, was turn (without one a"
            + " rollout is a single turn)");
  }

  private static void checkBest(Faults faults, EvaluationConfig evaluation, String best) {
    boolean measured = best.startsWith(EvaluationConfig.METRICS);
    List<String> known =
        List.of(
            EvaluationConfig.SAMPLED,
            EvaluationConfig.GREEDY,
            EvaluationConfig.LENGTH,
            EvaluationConfig.TRUNCATED);
    if (measured && !known.contains(best)) {
      faults.add(
          "checkpoint.metric_for_best_model",
          "must be one of "
              + String.join(", ", known)
              + " where it is a metric of evaluation, was "
              + best);
    } else if (measured && evaluation.everySteps() == 0) {
      faults.add(
          "evaluation.every_steps",
          "must be > 0 where checkpoint.metric_for_best_model is " + best + ", was 0");
    } else if (!measured && evaluation.patience() > 0) {
      faults.add(
          "checkpoint.metric_for_best_model",
          "must be a metric of evaluation, such as "
              + EvaluationConfig.SAMPLED
              + ", where evaluation.patience is > 0, was "
              + best);
    }
  }

  /** What is said at the top must have a stage that it holds for. */
  private static void checkStages(
      Faults faults, List<StageConfig> stages, boolean ofRl, EnvironmentConfig environment) {
    Set<String> names = new HashSet<>();
    Set<StageKind> kinds = EnumSet.noneOf(StageKind.class);
    for (StageConfig stage : stages) {
      kinds.add(stage.kind());
      faults.require(
          names.add(stage.name()),
          STAGES,
          "must have different names, two are named " + stage.name());
    }
    faults.require(
        !ofRl || kinds.contains(StageKind.RL),
        STAGES,
        "must have one of kind rl where lora, grpo, checkpoint or metrics is set beside them, had "
            + kinds
            + " (a stage of another kind has its training under its options)");
    kinds.removeAll(EnumSet.of(StageKind.RL, StageKind.SFT));
    faults.require(
        !environment.isOn() || kinds.isEmpty(),
        "environment.name",
        "must be none beside stages of kind "
            + kinds
            + ", whose samples have one turn, was "
            + environment.name()
            + " (set it under the options of the stages of kind rl)");
  }

  /** Notes what is wrong with a name that becomes part of a folder's. */
  public static void checkName(Faults faults, String name) {
    faults.require(
        name.length() <= MAX_NAME,
        "name",
        "must have at most " + MAX_NAME + " characters, had " + name.length());
    faults.require(
        name.length() > MAX_NAME || name.matches("[A-Za-z0-9._-]+"),
        "name",
        "must be letters, digits, '.', '_' and '-', was '" + name + "'");
  }

  /** The same, changed as a tree of keys. */
  public Recipe with(Consumer<ObjectNode> change) {
    return with("recipe " + name, change);
  }

  /**
   * The same, changed as a tree of keys.
   *
   * @param source what messages name
   * @throws ConfigException if the changed recipe has a fault
   */
  public Recipe with(String source, Consumer<ObjectNode> change) {
    ObjectNode tree = RecipeLoader.toTree(this);
    change.accept(tree);
    return RecipeLoader.bind(Recipe.class, source, tree, List.of());
  }

  /** The same with its stages named: a training recipe is a pipeline of one, {@code rl}. */
  public Recipe asPipeline() {
    return stages.isEmpty()
        ? with(tree -> tree.putArray(STAGES).addObject().put("name", "rl").put("kind", "rl"))
        : this;
  }

  /**
   * What a stage of kind {@code rl} trains by: the recipe, the stage's options laid over it.
   *
   * @param startsFrom its model
   * @throws ConfigException if the options have a fault
   */
  public Recipe of(StageConfig stage, String startsFrom) {
    String source = "stage " + stage.name();
    if (stage.optionsOrEmpty().has(STAGES)) {
      throw new ConfigException(source, List.of("unknown key stages; a stage has none of its own"));
    }
    return with(
        source,
        tree -> {
          tree.remove(STAGES);
          tree.put("name", stage.name()).put("model", startsFrom);
          RecipeLoader.merge(tree, stage.optionsOrEmpty(), source);
        });
  }

  /**
   * What the only stage, of kind {@code rl}, trains by, under the recipe's own name.
   *
   * @throws ConfigException if there are others
   */
  public Recipe training() {
    if (stages.isEmpty()) {
      return this;
    }
    StageConfig only = stages.get(0);
    if (stages.size() > 1 || only.kind() != StageKind.RL) {
      throw new ConfigException(
          "recipe " + name,
          List.of("stages must be one of kind rl, or none, where a single training is wanted"));
    }
    String start = only.model();
    return of(only, start == null || start.equals(StageConfig.BASE) ? model : start)
        .with(tree -> tree.put("name", name));
  }

  /** The same with every key of every stage's options. */
  public Recipe withAllOptions() {
    return with(
        tree -> {
          for (int i = 0; i < stages.size(); i++) {
            ((ObjectNode) tree.path(STAGES).path(i)).set("options", allOptions(stages.get(i)));
          }
        });
  }

  private ObjectNode allOptions(StageConfig stage) {
    ObjectNode given = stage.optionsOrEmpty();
    if (stage.kind() == StageKind.RL) { // what the stage does not say is the recipe's
      List<String> said = new ArrayList<>();
      given.fieldNames().forEachRemaining(said::add);
      return RecipeLoader.toTree(of(stage, model)).retain(said);
    }
    return RecipeLoader.toTree(
        RecipeLoader.bind(stage.kind().options(), "stage " + stage.name(), given, List.of()));
  }

  /** Keys that hold for nothing in this recipe: left out where it is written down. */
  List<String> unused() {
    if (stages.isEmpty()) {
      return List.of(STAGES);
    }
    return stages.stream().anyMatch(stage -> stage.kind() == StageKind.RL)
        ? List.of()
        : List.of("lora", "grpo", "checkpoint", "metrics");
  }

  /** The column of the verifier whose verdict is what accuracy means: the first reward's. */
  public String accuracyColumn() {
    return rewards.get(0).column();
  }

  /** The same of a recipe's tree, or a pipeline's: its first reward's name, or its verifier's. */
  public static String accuracyColumn(JsonNode tree) {
    JsonNode first = tree.at("/rewards/0");
    String name = first.path("name").asText("");
    return name.isEmpty() ? first.path("verifier").asText("number") : name;
  }

  /** The embedded model on arithmetic. */
  public static Recipe defaults() {
    return new Recipe(
        "run",
        42,
        "embedded",
        ComputeType.FLOAT32,
        "auto",
        "runs",
        TaskConfig.defaults(),
        PromptConfig.defaults(),
        List.of(RewardEntry.defaults()),
        ScoringConfig.defaults(),
        EnvironmentConfig.defaults(),
        SamplingConfig.defaults(),
        RolloutsConfig.defaults(),
        LoraConfig.defaults(),
        GrpoConfig.defaults(),
        EvaluationConfig.defaults(),
        CheckpointConfig.defaults(),
        HealthConfig.defaults(),
        MetricsConfig.defaults(),
        List.of());
  }
}
