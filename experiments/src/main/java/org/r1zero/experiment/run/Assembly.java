package org.r1zero.experiment.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.r1zero.coldstart.dataset.Dataset;
import org.r1zero.coldstart.dataset.Datasets;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.weights.ModelDirectory;
import org.r1zero.grpo.model.weights.ModelFileException;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.rollout.PromptRenderer;
import org.r1zero.rollout.RewardScorer;
import org.r1zero.rollout.Texts;
import org.r1zero.verify.Verifiers;
import org.r1zero.verify.reward.WeightedReward;

/** A recipe's parts, made: the one place that calls their constructors. */
final class Assembly implements AutoCloseable {
  private final Checked checked;
  private final PolicyModel policy;

  /**
   * What a recipe names, found and checked, before any weight is read.
   *
   * @param scorer judges completions
   * @param dataset has the problems
   * @param folder has the model's files
   * @param renderer puts problems to the model
   */
  private record Checked(
      RewardScorer scorer, Dataset dataset, ModelFolder folder, PromptRenderer renderer) {}

  /** Checks all that is cheap to check first, so that a fault shows before the weights are read. */
  Assembly(Recipe recipe) throws IOException {
    this.checked = check(recipe);
    this.policy =
        new PolicyModel(
            directory().config(),
            directory(),
            recipe.dtype(),
            Torch.device(recipe.device()),
            recipe.lora(),
            recipe.seed());
  }

  /**
   * Finds what a recipe names, without reading weights.
   *
   * @throws ConfigException with every fault of verifiers, data and model
   * @throws ModelFileException if only the model's files are at fault
   */
  static void verify(Recipe recipe) throws IOException {
    check(recipe).folder.close();
  }

  private static Checked check(Recipe recipe) throws IOException {
    List<RuntimeException> faults = new ArrayList<>();
    RewardScorer scorer =
        attempt(
            () ->
                new RewardScorer(
                    WeightedReward.of(
                        recipe.rewards(),
                        Verifiers.discover(recipe.scoring().pluginFolders()),
                        recipe.scoring()),
                    recipe.scoring()),
            faults);
    Dataset dataset =
        attempt(
            () -> Datasets.load(recipe.task().name(), recipe.task().options(), recipe.seed()),
            faults);
    ModelFolder folder = attempt(() -> ModelFolder.open(recipe.model()), faults);
    PromptRenderer renderer =
        folder == null
            ? null
            : attempt(() -> Prompts.of(recipe.prompt(), folder.directory().path()), faults);
    if (scorer != null && dataset != null && folder != null && renderer != null) {
      return new Checked(scorer, dataset, folder, renderer);
    }
    if (folder != null) {
      folder.close();
    }
    if (faults.size() == 1 && faults.get(0) instanceof ModelFileException fault) {
      throw fault;
    }
    throw new ConfigException(
        "recipe " + recipe.name(),
        faults.stream().map(f -> f.getMessage() == null ? f.toString() : f.getMessage()).toList());
  }

  /** Something that may find a fault in the recipe or in the files that it names. */
  private interface Attempt<T> {
    T get() throws IOException;
  }

  private static <T> @Nullable T attempt(Attempt<T> work, List<RuntimeException> faults)
      throws IOException {
    try {
      return work.get();
    } catch (IllegalArgumentException | ModelFileException e) {
      faults.add(e);
      return null;
    }
  }

  ModelDirectory directory() {
    return checked.folder.directory();
  }

  Dataset dataset() {
    return checked.dataset;
  }

  RewardScorer scorer() {
    return checked.scorer;
  }

  PolicyModel policy() {
    return policy;
  }

  Texts texts() {
    return new Texts(checked.folder.tokenizer(), checked.renderer);
  }

  /** What the KL term compares with: the frozen weights under adapters, else a second copy. */
  PolicyModel reference() {
    if (policy.adapters().isPresent()) {
      return policy.base();
    }
    return new PolicyModel(
        directory().config(), directory(), policy.computeType(), policy.device());
  }

  @Override
  public void close() {
    policy.close();
    checked.folder.close();
  }
}
