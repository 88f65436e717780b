package org.r1zero.experiment.run;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.r1zero.coldstart.dataset.ShuffledProblems;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.evaluate.Evaluation;
import org.r1zero.experiment.metrics.Progress;
import org.r1zero.grpo.GrpoTrainer;
import org.r1zero.grpo.StepReport;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.weights.ModelExport;
import org.r1zero.grpo.model.weights.TensorType;
import org.r1zero.grpo.optim.AdamW;
import org.r1zero.rollout.RolloutCollector;
import org.r1zero.verify.reward.RewardEntry;

/** One R1-Zero run: evaluate the base, train, evaluate again, keep everything. */
public final class R1ZeroRun {
  private static final long MAX_SHARD_BYTES = 4_000_000_000L;
  private final Recipe recipe;
  private final Progress progress;

  /**
   * What a run came to.
   *
   * @param directory where everything is
   * @param before held-out accuracy of the base; {@code null} where evaluation is off
   * @param after the same after training
   * @param seconds from start to end
   */
  public record Result(
      Path directory, @Nullable Evaluation before, @Nullable Evaluation after, double seconds) {}

  /** Takes a checked recipe. */
  public R1ZeroRun(Recipe recipe, Progress progress) {
    this.recipe = recipe;
    this.progress = progress;
  }

  /**
   * Checks that a recipe's verifiers, data and model's files can be used, without reading weights.
   */
  public static void verify(Recipe recipe) throws IOException {
    Assembly.verify(recipe);
  }

  /** Runs to the end. */
  public Result run() throws IOException {
    long started = System.nanoTime();
    try (Assembly parts = new Assembly(recipe)) {
      RunDirectory directory = RunDirectory.create(Path.of(recipe.output()), recipe.name());
      RunManifest manifest = new RunManifest(directory);
      String yaml = RecipeLoader.toYaml(recipe);
      directory.writeText("recipe.yaml", yaml);
      manifest.recipe(yaml, recipe.seed());
      manifest.model(parts.directory().path(), parts.directory().weightFiles());
      manifest.data(parts.dataset());
      manifest.write();
      progress.say("run directory " + directory.path());
      try {
        Evaluation before = evaluate(parts, directory, manifest, "before");
        train(parts, directory);
        Evaluation after = evaluate(parts, directory, manifest, "after");
        new ModelExport(TensorType.F32, MAX_SHARD_BYTES)
            .write(parts.policy(), parts.directory().path(), directory.model());
        manifest.finish("done");
        return new Result(directory.path(), before, after, (System.nanoTime() - started) / 1e9);
      } catch (IOException | RuntimeException e) {
        manifest.finish("failed: " + e);
        throw e;
      }
    }
  }

  private void train(Assembly parts, RunDirectory directory) {
    boolean withReference = recipe.grpo().usesReference();
    try (AdamW optimizer = new AdamW(recipe.grpo().optimizer(), parts.policy().parameters());
        PolicyModel reference = withReference ? parts.reference() : null) {
      RolloutCollector rollouts =
          new RolloutCollector(
              new RolloutCollector.RolloutConfig(
                  recipe.grpo().problemsPerStep(), recipe.grpo().numGenerations(), recipe.seed()),
              recipe.sampling(),
              new ShuffledProblems(parts.dataset().train(), recipe.seed()),
              parts.sampler(),
              parts.scorer(),
              directory::writeRollouts,
              progress::rollouts);
      GrpoTrainer.RunSettings settings =
          new GrpoTrainer.RunSettings(
              recipe.seed(),
              recipe.sampling().temperature(),
              recipe.sampling().maxNewTokens(),
              recipe.rewards().stream().map(RewardEntry::weight).toList());
      new GrpoTrainer(
              recipe.grpo(),
              settings,
              parts.policy(),
              reference,
              optimizer,
              rollouts,
              (version, policy) -> parts.generator().refresh(),
              report -> finishStep(report, directory))
          .train();
    }
  }

  private void finishStep(StepReport report, RunDirectory directory) {
    directory.appendMetrics(report);
    progress.stepFinished(report);
  }

  private @Nullable Evaluation evaluate(
      Assembly parts, RunDirectory directory, RunManifest manifest, String when)
      throws IOException {
    if (recipe.evaluation().problems() == 0) {
      return null;
    }
    Evaluation evaluation = HeldOut.evaluate(parts, recipe, progress, when + " training");
    directory.writeEvaluation(when, evaluation.completions());
    manifest.result("pass1_greedy_" + when, evaluation.greedy());
    manifest.result("pass1_sampled_" + when, evaluation.sampled());
    manifest.result("pass_at_" + when, evaluation.passAt());
    manifest.write();
    return evaluation;
  }
}
