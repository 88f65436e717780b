package org.r1zero.experiment.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.config.NamedFiles;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.evaluate.CompletionStore;
import org.r1zero.experiment.evaluate.Evaluation;
import org.r1zero.experiment.evaluate.ModelHash;
import org.r1zero.experiment.metrics.Progress;
import org.r1zero.experiment.rundir.RunDirectory;
import org.r1zero.grpo.checkpoint.Checkpoint;
import org.r1zero.grpo.checkpoint.TrainingState;
import org.r1zero.grpo.files.Hashes;

/**
 * Evaluates a recipe's model without training it. Completions are kept below the recipe's {@code
 * output}, in {@code .r1zero/completions}: an evaluation that was killed goes on.
 */
public final class EvaluationRun {
  private final Recipe recipe;
  private final Progress progress;
  private final @Nullable Checkpoint checkpoint;

  /** Takes a checked recipe whose evaluation has problems. */
  public EvaluationRun(Recipe recipe, Progress progress) {
    this(recipe, progress, null);
  }

  /**
   * Evaluates what a run has trained so far.
   *
   * @param run the run's directory
   * @param step a checkpoint's number, {@code last} or {@code best}
   * @throws org.r1zero.experiment.config.ConfigException if the run has no such checkpoint
   */
  public static EvaluationRun ofCheckpoint(
      Recipe recipe, Progress progress, Path run, String step) {
    return new EvaluationRun(recipe, progress, RunDirectory.open(run).checkpoint(step));
  }

  private EvaluationRun(Recipe recipe, Progress progress, @Nullable Checkpoint checkpoint) {
    if (recipe.evaluation().problems() == 0) {
      throw new IllegalArgumentException(
          "evaluation.problems is 0: there is nothing to evaluate; use --problems N");
    }
    this.recipe = recipe;
    this.progress = progress;
    this.checkpoint = checkpoint;
  }

  /** Runs to the end. */
  public Evaluation run() throws IOException {
    try (Assembly parts = new Assembly(recipe, Preflight.Purpose.EVALUATION)) {
      parts.notes().forEach(progress::say);
      if (checkpoint != null) {
        checkpoint.restoreSome(TrainingState.weights("policy/", parts.policy()));
      }
      return evaluate(parts);
    }
  }

  private Evaluation evaluate(Assembly parts) throws IOException {
    String of =
        checkpoint == null
            ? "of " + recipe.model()
            : "of " + checkpoint.path() + ", after step " + checkpoint.step();
    String state =
        checkpoint == null
            ? ""
            : Hashes.sha256(Files.readString(checkpoint.path().resolve("manifest.json")));
    try (Workers workers =
        new Workers(
            recipe.rollouts(),
            parts.policy(),
            false,
            parts.texts(),
            parts.directory().path(),
            progress::say)) {
      return HeldOut.evaluate(
          parts, workers.sampler(), recipe, progress, of, store(parts, state + environment()));
    }
  }

  /**
   * What was sampled with these weights before.
   *
   * @param state what tells a checkpoint's weights from those of the model's files
   */
  private CompletionStore store(Assembly parts, String state) throws IOException {
    return CompletionStore.in(
        Path.of(recipe.output(), ".r1zero", "completions"),
        ModelHash.of(parts.directory().path())
            + state
            + " "
            + recipe.dtype()
            + " "
            + parts.policy().device());
  }

  /** What decides an environment's answers: its options, the files that they name, the seed. */
  private String environment() throws IOException {
    if (!recipe.environment().isOn()) {
      return "";
    }
    ObjectNode options = RecipeLoader.toTree(recipe.environment());
    String files = NamedFiles.contents(options, recipe.scoring().pluginFolders());
    return " " + Hashes.sha256(options + " " + recipe.seed() + files);
  }
}
