package org.r1zero.experiment.run;

import java.io.IOException;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.evaluate.Evaluation;
import org.r1zero.experiment.metrics.Progress;

/** Evaluates a recipe's model without training it. */
public final class EvaluationRun {
  private final Recipe recipe;
  private final Progress progress;

  /** Takes a checked recipe whose evaluation has problems. */
  public EvaluationRun(Recipe recipe, Progress progress) {
    if (recipe.evaluation().problems() == 0) {
      throw new IllegalArgumentException(
          "evaluation.problems is 0: there is nothing to evaluate; use --problems N");
    }
    this.recipe = recipe;
    this.progress = progress;
  }

  /** Runs to the end. */
  public Evaluation run() throws IOException {
    try (Assembly parts = new Assembly(recipe)) {
      return HeldOut.evaluate(parts, recipe, progress, "of " + recipe.model());
    }
  }
}
