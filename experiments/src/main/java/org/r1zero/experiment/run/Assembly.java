package org.r1zero.experiment.run;

import ai.djl.Device;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.r1zero.coldstart.dataset.Dataset;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.EnvironmentConfig;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.model.ModelFolder;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.weights.ModelDirectory;
import org.r1zero.grpo.model.weights.ModelFileException;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.rollout.PromptRenderer;
import org.r1zero.rollout.RewardScorer;
import org.r1zero.rollout.Texts;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verifiers;
import org.r1zero.verify.environment.EnvironmentFactory;
import org.r1zero.verify.environment.Environments;
import org.r1zero.verify.reward.ScoringConfig;
import org.r1zero.verify.reward.WeightedReward;

/** A recipe's parts, made: the one place that calls their constructors. */
final class Assembly implements AutoCloseable {
  private final Checked checked;
  private final String device;
  private final PolicyModel policy;

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
  Assembly(Recipe recipe, Preflight.Purpose purpose) throws IOException {
    this.checked = check(recipe, purpose, data -> data, renderer -> renderer);
    this.device = recipe.device();
    this.policy = checked.folder.policy(recipe.dtype(), device, recipe.lora(), recipe.seed());
  }

  /**
   * Checks all that a run checks before it reads weights.
   *
   * @param choose which of the data set's problems are wanted
   * @param put how they are put, given how the recipe puts them
   * @throws ConfigException with every fault of recipe, verifiers, data and model
   * @throws ModelFileException if only the model's files are at fault
   */
  static Preflight verify(
      Recipe recipe,
      Preflight.Purpose purpose,
      UnaryOperator<Dataset> choose,
      UnaryOperator<PromptRenderer> put)
      throws IOException {
    Checked parts = check(recipe, purpose, choose, put);
    try (ModelFolder folder = parts.folder) {
      return Preflight.of(recipe, purpose, parts.fit, folder.directory().config());
    }
  }

  /**
   * What is wrong with the data, the verifiers, the model, the device and the output that sections
   * of a recipe name, whose other sections have faults.
   */
  static List<String> faults(Recipe recipe, Set<String> sections) throws IOException {
    List<RuntimeException> faults = new ArrayList<>();
    WeightedReward reward =
        sections.contains("rewards") ? attempt(() -> reward(recipe), faults) : null;
    Dataset dataset =
        sections.contains("task")
            ? attempt(() -> recipe.task().load(recipe.seed(), recipe.scoring()), faults)
            : null;
    if (sections.contains("device")) {
      attempt(() -> Torch.device(recipe.device()), faults);
    }
    if (sections.contains("rollouts")) {
      for (String device : recipe.rollouts().devices()) {
        attempt(() -> Torch.device(device), faults);
      }
    }
    if (sections.contains("model")) {
      ModelFolder folder = attempt(() -> ModelFolder.open(recipe.model()), faults);
      if (folder != null) {
        folder.close();
      }
    }
    List<String> all = messages(faults);
    if (sections.contains("output")) {
      add(Preflight.unwritable(recipe.output()), all);
    }
    if (reward != null && dataset != null) {
      Preflight.judgeable(reward::check, dataset, true, true, all);
    }
    return all;
  }

  private static Checked check(
      Recipe recipe,
      Preflight.Purpose purpose,
      UnaryOperator<Dataset> choose,
      UnaryOperator<PromptRenderer> put)
      throws IOException {
    List<RuntimeException> faults = new ArrayList<>();
    WeightedReward reward = attempt(() -> reward(recipe), faults);
    Dataset dataset =
        attempt(() -> choose.apply(recipe.task().load(recipe.seed(), recipe.scoring())), faults);
    EnvironmentFactory environments =
        recipe.environment().isOn()
            ? attempt(() -> environments(recipe.environment(), recipe.scoring()), faults)
            : null;
    List<String> unjudged = new ArrayList<>();
    if (reward != null && dataset != null) {
      dataset =
          Preflight.judgeable(
              problem -> check(reward, environments, problem),
              dataset,
              purpose.trains(),
              purpose.evaluates(recipe),
              unjudged);
    }
    Dataset usable = dataset;
    attempt(() -> device(recipe.device(), recipe.dtype()), faults);
    for (String device : recipe.rollouts().devices()) {
      attempt(() -> device(device, recipe.dtype()), faults);
    }
    ModelFolder folder = attempt(() -> ModelFolder.open(recipe.model()), faults);
    Fit fit =
        folder == null || usable == null
            ? null
            : attempt(() -> Fit.of(recipe, usable, folder, purpose, put), faults);
    List<String> all = messages(faults);
    if (purpose == Preflight.Purpose.TRAINING) {
      add(Preflight.occupied(recipe.metrics().prometheusPort()), all);
    }
    if (purpose.trains()) {
      add(Preflight.unwritable(recipe.output()), all);
      if (dataset != null && dataset.train().isEmpty()) {
        all.add(
            "task "
                + dataset.name()
                + " has no problems to train on, only held-out ones; r1zero eval measures on them");
      }
    }
    if (fit != null && folder != null) {
      all.addAll(fit.faults());
      if (environments != null) {
        add(unanswerable(fit.renderer()), all);
      }
      Preflight.checkCache(recipe, fit, folder.directory().config(), all);
      if (fit.faults().isEmpty() && fit.dropped() > 0 && fit.dataset().train().isEmpty()) {
        add(purpose.trains() ? "prompt.overlong: drop leaves no problem" : null, all);
      }
    }
    all.addAll(unjudged);
    if (reward != null && fit != null && folder != null && all.isEmpty()) {
      return new Checked(new RewardScorer(reward, recipe.scoring()), environments, fit, folder);
    }
    if (folder != null) {
      folder.close();
    }
    if (all.size() == 1 && !faults.isEmpty() && faults.get(0) instanceof ModelFileException f) {
      throw f;
    }
    throw new ConfigException("recipe " + recipe.name(), all);
  }

  private static Device device(String name, ComputeType dtype) {
    Device device = Torch.device(name);
    dtype.requireOn(device);
    return device;
  }

  private static WeightedReward reward(Recipe recipe) {
    return WeightedReward.of(
        recipe.rewards(), Verifiers.discover(recipe.scoring().pluginFolders()), recipe.scoring());
  }

  private static List<String> messages(List<RuntimeException> faults) {
    List<String> messages = new ArrayList<>();
    faults.forEach(f -> messages.add(f.getMessage() == null ? f.toString() : f.getMessage()));
    return messages;
  }

  private static EnvironmentFactory environments(EnvironmentConfig config, ScoringConfig scoring) {
    return Environments.create(
        config.name(), config.options(), config.maxTurns(), scoring.pluginFolders());
  }

  /** Whether verifiers and environment have what they need of a problem. */
  private static void check(
      WeightedReward reward, @Nullable EnvironmentFactory environments, Problem problem) {
    reward.check(problem);
    if (environments != null) {
      environments.begin(problem, 0);
    }
  }

  /** Why the prompt's template can't show an environment's answer; {@code null} where it can. */
  private static @Nullable String unanswerable(PromptRenderer renderer) {
    try {
      renderer.observation("?");
      return null;
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
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

  /** What the user should know of device and data before anything begins. */
  List<String> notes() {
    List<String> notes = new ArrayList<>(checked.fit.dataset().notes());
    if (device.equals("auto")) {
      notes.add(0, Torch.autoReason());
    }
    return notes;
  }

  Dataset dataset() {
    return checked.fit.dataset();
  }

  /** Tokens of the longest prompt. */
  int longestPrompt() {
    return checked.fit.longest();
  }

  RewardScorer scorer() {
    return checked.scorer;
  }

  PolicyModel policy() {
    return policy;
  }

  Texts texts() {
    return new Texts(checked.folder.tokenizer(), checked.fit.renderer(), checked.environments);
  }

  /**
   * What the KL term compares with: the frozen weights under adapters, otherwise a second copy.
   *
   * @param follows whether it moves towards the policy, for which it needs fp32 weights
   */
  PolicyModel reference(boolean follows) {
    if (policy.adapters().isPresent()) {
      return policy.base();
    }
    return follows
        ? checked.folder.policy(policy.computeType(), device)
        : checked.folder.frozen(policy.computeType(), device);
  }

  @Override
  public void close() {
    policy.close();
    checked.folder.close();
  }
}
