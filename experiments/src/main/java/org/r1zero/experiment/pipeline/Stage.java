package org.r1zero.experiment.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.r1zero.coldstart.dataset.Dataset;
import org.r1zero.experiment.config.CurateOptions;
import org.r1zero.experiment.config.DistillOptions;
import org.r1zero.experiment.config.NamedFiles;
import org.r1zero.experiment.config.OnPolicyOptions;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.config.SftOptions;
import org.r1zero.experiment.config.StageConfig;
import org.r1zero.experiment.rundir.RunManifest;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.rollout.generation.SamplingMemory;
import org.r1zero.verify.reward.RewardEntry;

/** A stage with its options and inputs: it checks and describes itself, and runs. */
sealed interface Stage permits RlStage, CurateStage, SftStage, DistillStage, OnPolicyStage {

  /**
   * A stage of a recipe, with what it finds.
   *
   * @param out for progress
   * @throws org.r1zero.experiment.config.ConfigException if its options have a fault, or what they
   *     name is not there
   */
  static Stage of(Recipe recipe, StageConfig config, Earlier earlier, PrintStream out)
      throws IOException {
    String name = config.name();
    String source = "stage " + name;
    Path start = earlier.model(source, "model", config.model());
    return switch (config.kind()) {
      case RL -> new RlStage(recipe.of(config, start.toString()), start, out);
      case CURATE, REJECTION_SAMPLING ->
          new CurateStage(recipe, name, options(CurateOptions.class, config), start, out);
      case SFT -> {
        SftOptions options = options(SftOptions.class, config);
        yield new SftStage(recipe, name, options, start, earlier.data(source, options.data()), out);
      }
      case DISTILL -> {
        DistillOptions options = options(DistillOptions.class, config);
        Path teacher = earlier.model(source, "teacher", options.teacher());
        yield new DistillStage(recipe, name, options, teacher, start, out);
      }
      case ON_POLICY_DISTILL -> {
        OnPolicyOptions options = options(OnPolicyOptions.class, config);
        Path teacher = earlier.model(source, "teacher", options.teacher());
        yield new OnPolicyStage(recipe, name, options, teacher, start, out);
      }
    };
  }

  private static <R extends Record> R options(Class<R> type, StageConfig config) {
    return RecipeLoader.bind(type, "stage " + config.name(), config.optionsOrEmpty(), List.of());
  }

  /**
   * Checks all that can be checked before any stage is run.
   *
   * @return what it will work on, in words: counts, lengths, memory
   * @throws org.r1zero.experiment.config.ConfigException with every fault
   */
  String check() throws IOException;

  /** Everything that decides what it makes, besides its inputs. */
  ObjectNode configuration();

  /** The folders and files that it reads, by what they are to it. */
  Map<String, Path> inputs();

  /**
   * Runs it, or goes on where an earlier try stopped.
   *
   * @param folder its own
   * @param meter is notified of all work
   */
  Made run(Path folder, StageMeter meter) throws IOException;

  /**
   * What a stage made, relative to its folder.
   *
   * @param model a model in Hugging Face layout, or {@code null}
   * @param data a file of training examples, or {@code null}
   */
  record Made(@Nullable Path model, @Nullable Path data) {}

  /** Adds the files that options name, and plug-ins, to what a stage reads. */
  static Map<String, Path> withNamedFiles(
      Map<String, Path> inputs, Recipe recipe, List<? extends JsonNode> options) {
    Map<String, Path> all = new TreeMap<>(inputs);
    try {
      for (JsonNode some : options) {
        NamedFiles.of(some, recipe.scoring().pluginFolders())
            .forEach((name, file) -> all.put("named by options: " + name, file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }

  /** Puts what decides the samples of a model, as part of a stage's {@link #configuration}. */
  static void describeSampling(Recipe recipe, Dataset problems, ObjectNode node) {
    node.put("seed", recipe.seed()).put("dtype", recipe.dtype().name());
    node.set("task", RecipeLoader.toTree(recipe.task()));
    describeProblems(problems, node);
    node.set("prompt", RecipeLoader.toTree(recipe.prompt()));
    node.set("sampling", describe(recipe.sampling()));
    if (recipe.rollouts().unitProblems() > 0) {
      node.put("unit_problems", recipe.rollouts().unitProblems()); // all else changes no completion
    }
  }

  /**
   * Options of sampling as part of a {@link #configuration}: without those that change no token,
   * and with a CPU's numbers where the device chooses, since in bf16 the number of rows may change
   * last bits. A stage that an older version made, which had these numbers as defaults, stays made.
   */
  static ObjectNode describe(SamplingConfig sampling) {
    ObjectNode node = RecipeLoader.toTree(SamplingMemory.onCpu(sampling));
    node.remove("draft_tokens");
    return node;
  }

  /**
   * Removes from a {@link #configuration} with an optimizer what only says where its moments lie.
   */
  static void forgetPlace(ObjectNode node) {
    if (node.get("optimizer") instanceof ObjectNode optimizer) {
      optimizer.remove("offload");
    }
  }

  /**
   * Puts hashes of a task's problems: a task's options name files, and plug-ins make problems, that
   * may be others next time.
   */
  static void describeProblems(Dataset problems, ObjectNode node) {
    node.set("problems", RunManifest.describe(problems));
  }

  /** The problems of a recipe's task. */
  static Dataset problems(Recipe recipe) {
    return recipe.task().load(recipe.seed(), recipe.scoring());
  }

  /** The recipe for a model that a stage only samples, and whose samples it judges. */
  static Recipe sampling(
      Recipe recipe, String stage, Path model, double temperature, List<RewardEntry> judges) {
    return recipe.with(
        "stage " + stage,
        tree -> {
          tree.put("name", stage).put("model", model.toString());
          tree.withObject("/sampling").put("temperature", temperature);
          ArrayNode rewards = tree.putArray("rewards");
          judges.forEach(judge -> rewards.add(RecipeLoader.toTree(judge)));
        });
  }
}
