package org.r1zero.experiment.pipeline;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.EvaluationConfig;
import org.r1zero.experiment.config.PromptConfig;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.config.TaskConfig;
import org.r1zero.grpo.health.HealthConfig;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.rollout.RolloutsConfig;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.verify.reward.RewardEntry;
import org.r1zero.verify.reward.ScoringConfig;

/**
 * A training in several stages. The sections mean what they mean in a training recipe, and hold for
 * every stage that does not say otherwise.
 *
 * @param name becomes part of the run directory's name
 * @param seed decides all randomness
 * @param model the base: a folder in Hugging Face layout, or an embedded model's name
 * @param dtype what networks compute in
 * @param device where they are
 * @param output the folder that run directories and stages go to
 * @param task where problems come from
 * @param prompt how they are put
 * @param rewards how answers are judged; the first is what accuracy means
 * @param scoring how verifiers are run
 * @param sampling how completions are drawn
 * @param rollouts who samples: training, curation, distillation and evaluation alike
 * @param evaluation what is measured
 * @param health what is watched during training
 * @param stages the stages of a pipeline, in order
 */
public record PipelineRecipe(
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
    SamplingConfig sampling,
    RolloutsConfig rollouts,
    EvaluationConfig evaluation,
    HealthConfig health,
    List<StageConfig> stages) {

  /** Checks what no part can check alone. */
  public PipelineRecipe {
    List<String> faults = new ArrayList<>(Recipe.nameFaults(name));
    Set<String> names = new HashSet<>();
    for (StageConfig stage : stages) {
      if (!names.add(stage.name())) {
        faults.add("stages must have different names, two are named " + stage.name());
      }
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", faults));
    }
    rewards = List.copyOf(rewards);
    stages = List.copyOf(stages);
  }

  /** The embedded model on arithmetic, without any stage. */
  public static PipelineRecipe defaults() {
    Recipe recipe = Recipe.defaults();
    return new PipelineRecipe(
        "pipeline",
        recipe.seed(),
        recipe.model(),
        recipe.dtype(),
        recipe.device(),
        recipe.output(),
        recipe.task(),
        recipe.prompt(),
        recipe.rewards(),
        recipe.scoring(),
        recipe.sampling(),
        recipe.rollouts(),
        recipe.evaluation(),
        recipe.health(),
        List.of());
  }

  /**
   * Loads a recipe.
   *
   * @param files later ones win
   * @param settings such as {@code seed=7}; they win over files
   * @throws org.r1zero.experiment.config.ConfigException with every fault, if there is any
   */
  public static PipelineRecipe load(List<Path> files, List<String> settings) {
    PipelineRecipe recipe = RecipeLoader.load(PipelineRecipe.class, files, settings);
    if (recipe.stages().isEmpty()) {
      throw new ConfigException(
          files.toString(),
          List.of("stages must name at least one stage, such as {name: rl, kind: rl}"));
    }
    return recipe;
  }

  /**
   * The sections as a training recipe for one model: what evaluates the pipeline's result.
   *
   * @param startsFrom the recipe's model
   */
  public Recipe toRecipe(String startsFrom) {
    return toRecipe("pipeline " + name, name, startsFrom, JsonNodeFactory.instance.objectNode());
  }

  /** The same with every key of every stage's options. */
  public PipelineRecipe withAllOptions() {
    ObjectNode tree = RecipeLoader.toTree(this);
    for (int i = 0; i < stages.size(); i++) {
      ((ObjectNode) tree.path("stages").get(i)).set("options", allOptions(stages.get(i)));
    }
    return RecipeLoader.bind(PipelineRecipe.class, "recipe " + name, tree, List.of());
  }

  private ObjectNode allOptions(StageConfig stage) {
    String source = "stage " + stage.name();
    ObjectNode given = stage.optionsOrEmpty();
    if (stage.kind() != StageKind.RL) {
      return RecipeLoader.toTree(
          RecipeLoader.bind(stage.kind().options(), source, given, List.of()));
    }
    ObjectNode all = RecipeLoader.toTree(toRecipe(source, stage.name(), model, given));
    for (RecordComponent shared : PipelineRecipe.class.getRecordComponents()) {
      if (!given.has(shared.getName())) {
        all.remove(shared.getName()); // the stage's is the pipeline's
      }
    }
    return all;
  }

  /** The same with one option of every stage set. */
  public PipelineRecipe withOption(String option, int value) {
    ObjectNode tree = RecipeLoader.toTree(this);
    tree.get("stages")
        .forEach(stage -> ((ObjectNode) stage).withObject("/options").put(option, value));
    return RecipeLoader.bind(PipelineRecipe.class, "recipe " + name, tree, List.of());
  }

  /** Puts what decides the samples of a model, as part of a stage's key. */
  void describeSampling(ObjectNode node) {
    node.put("seed", seed).put("dtype", dtype.name());
    node.set("task", RecipeLoader.toTree(task));
    node.set("prompt", RecipeLoader.toTree(prompt));
    node.set("sampling", RecipeLoader.toTree(sampling));
    if (rollouts.unitProblems() > 0) {
      node.put("unit_problems", rollouts.unitProblems()); // all else changes no completion
    }
  }

  /**
   * The same with changes.
   *
   * @param source what messages name
   * @param changes keys of a training recipe
   * @throws ConfigException if they are no such keys
   */
  Recipe toRecipe(String source, String recipeName, String startsFrom, ObjectNode changes) {
    ObjectNode tree = RecipeLoader.toTree(this);
    tree.remove("stages");
    tree.put("name", recipeName);
    tree.put("model", startsFrom);
    RecipeLoader.merge(tree, changes, source);
    return RecipeLoader.bind(Recipe.class, source, tree, List.of());
  }
}
