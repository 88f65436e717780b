package org.r1zero.experiment.run;

import java.io.IOException;
import java.nio.file.Path;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.evaluate.CompletionCache;
import org.r1zero.experiment.evaluate.Evaluation;
import org.r1zero.experiment.evaluate.Hashes;
import org.r1zero.experiment.metrics.Progress;

/**
 * Evaluates a recipe's model without training it. Completions are kept below the recipe's {@code
 * output}, in {@code .r1zero/completions}: an evaluation that was killed goes on.
 */
public final class EvaluationRun {
  private final Recipe given;
  private final Progress progress;

  /** Takes a checked recipe whose evaluation has problems. */
  public EvaluationRun(Recipe recipe, Progress progress) {
    if (recipe.evaluation().problems() == 0) {
      throw new IllegalArgumentException(
          "evaluation.problems is 0: there is nothing to evaluate; use --problems N");
    }
    this.given = recipe;
    this.progress = progress;
  }

  /** Runs to the end. */
  public Evaluation run() throws IOException {
    try (Assembly parts = new Assembly(given, Assembly.Purpose.EVALUATION);
        Workers workers = new Workers(parts.recipe(), parts, progress::say)) {
      Recipe recipe = parts.recipe();
      String said = parts.said();
      if (said != null) {
        progress.say(said);
      }
      CompletionCache cache =
          new CompletionCache(
              Path.of(recipe.output(), ".r1zero", "completions"),
              Hashes.ofModel(parts.directory().path())
                  + " "
                  + recipe.dtype()
                  + " "
                  + parts.policy().device());
      return HeldOut.evaluate(
          parts, workers.sampler(), recipe, progress, "of " + recipe.model(), cache);
    }
  }
}
