package org.r1zero.experiment.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.r1zero.coldstart.dataset.Dataset;
import org.r1zero.coldstart.dataset.ShuffledProblems;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.EnvironmentConfig;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.weights.ModelDirectory;
import org.r1zero.grpo.model.weights.ModelFileException;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.rollout.ProblemSource;
import org.r1zero.rollout.RewardScorer;
import org.r1zero.rollout.Texts;
import org.r1zero.verify.Verifiers;
import org.r1zero.verify.environment.EnvironmentFactory;
import org.r1zero.verify.environment.Environments;
import org.r1zero.verify.reward.WeightedReward;

/** A recipe's parts, made: the one place that calls their constructors. */
final class Assembly implements AutoCloseable {
  private final Checked checked;
  private final PolicyModel policy;

  /** What a recipe's parts are wanted for. */
  enum Purpose {
    /** Problems to train on, and all that a run opens. */
    TRAINING,
    /** Held-out problems alone. */
    EVALUATION
  }

  /**
   * What a recipe names, found and checked, before any weight is read.
   *
   * @param scorer judges completions
   * @param environments begins conversations; {@code null} where rollouts are one turn
   * @param fit has the problems and prompts
   * @param folder has the model's files
   */
  private record Checked(
      RewardScorer scorer,
      @Nullable EnvironmentFactory environments,
      Fit fit,
      ModelFolder folder) {}

  /** Checks all that can be checked first, so that a fault shows before the weights are read. */
  Assembly(Recipe recipe, Purpose purpose) throws IOException {
    this.checked = check(recipe, purpose, List.of());
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
   * Checks all that a run checks before it reads weights.
   *
   * @param earlier faults that are known already
   * @throws ConfigException with every fault of recipe, verifiers, data and model
   * @throws ModelFileException if only the model's files are at fault
   */
  static Preflight verify(Recipe recipe, List<String> earlier) throws IOException {
    Checked parts = check(recipe, Purpose.TRAINING, earlier);
    try (ModelFolder folder = parts.folder) {
      return Preflight.of(recipe, parts.fit, folder.directory().config());
    }
  }

  private static Checked check(Recipe recipe, Purpose purpose, List<String> earlier)
      throws IOException {
    List<RuntimeException> faults = new ArrayList<>();
    WeightedReward reward =
        attempt(
            () ->
                WeightedReward.of(
                    recipe.rewards(),
                    Verifiers.discover(recipe.scoring().pluginFolders()),
                    recipe.scoring()),
            faults);
    Dataset dataset = attempt(() -> recipe.task().load(recipe.seed(), recipe.scoring()), faults);
    List<String> unjudged = new ArrayList<>();
    if (reward != null && dataset != null) {
      dataset =
          Preflight.judgeable(
              reward,
              dataset,
              purpose == Purpose.TRAINING,
              recipe.evaluation().problems() > 0,
              unjudged);
    }
    Dataset usable = dataset;
    EnvironmentFactory environments = attempt(() -> environments(recipe), faults);
    attempt(() -> Torch.device(recipe.device()), faults);
    ModelFolder folder = attempt(() -> ModelFolder.open(recipe.model()), faults);
    Fit fit =
        folder == null || usable == null
            ? null
            : attempt(() -> Fit.of(recipe, usable, folder, purpose == Purpose.TRAINING), faults);
    List<String> all = new ArrayList<>(earlier);
    faults.forEach(f -> all.add(f.getMessage() == null ? f.toString() : f.getMessage()));
    if (purpose == Purpose.TRAINING) {
      add(Preflight.unwritable(recipe.output()), all);
      add(Preflight.occupied(recipe.metrics().prometheusPort()), all);
      if (dataset != null && dataset.train().isEmpty()) {
        all.add(
            "task "
                + dataset.name()
                + " has no problems to train on, only held-out ones; r1zero eval measures on them");
      }
    }
    if (fit != null
        && folder != null
        && earlier.isEmpty()) { // what is at fault has its default: too long or not?
      all.addAll(fit.faults());
      Preflight.checkCache(recipe, fit, folder.directory().config(), all);
      if (fit.faults().isEmpty() && fit.dropped() > 0 && fit.dataset().train().isEmpty()) {
        add(purpose == Purpose.TRAINING ? "prompt.overlong: drop leaves no problem" : null, all);
      }
    }
    all.addAll(unjudged);
    if (reward != null && fit != null && folder != null && all.isEmpty()) {
      return new Checked(
          new RewardScorer(reward, recipe.scoring()), environments, fit, folder);
    }
    if (folder != null) {
      folder.close();
    }
    if (all.size() == 1 && !faults.isEmpty() && faults.get(0) instanceof ModelFileException f) {
      throw f;
    }
    throw new ConfigException("recipe " + recipe.name(), all);
  }

  private static @Nullable EnvironmentFactory environments(Recipe recipe) {
    EnvironmentConfig config = recipe.environment();
    return config.isOn()
        ? Environments.create(
            config.name(), config.options(), config.maxTurns(), recipe.scoring().pluginFolders())
        : null;
  }

  private static void add(@Nullable String fault, List<String> faults) {
    if (fault != null) {
      faults.add(fault);
    }
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

  /** What the user should know of the data before anything begins. */
  List<String> notes() {
    return checked.fit.dataset().notes();
  }

  Dataset dataset() {
    return checked.fit.dataset();
  }

  /** The problems to train on, in the order of a seed, with their environment. */
  ProblemSource problems(long seed) {
    ProblemSource problems = new ShuffledProblems(dataset(), seed);
    return checked.environments == null ? problems : problems.in(checked.environments);
  }

  RewardScorer scorer() {
    return checked.scorer;
  }

  PolicyModel policy() {
    return policy;
  }

  Texts texts() {
    return new Texts(checked.folder.tokenizer(), checked.fit.renderer());
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
