package org.r1zero.experiment.run;

import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.config.EvaluationConfig;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.evaluate.Evaluation;
import org.r1zero.experiment.metrics.Progress;
import org.r1zero.grpo.checkpoint.TrainingState;

/** Evaluations while a run trains: the same problems and draws as before and after it. */
final class InterimEvaluation implements TrainingRecord.Between {
  private final Assembly parts;
  private final Workers workers;
  private final Recipe recipe;
  private final Progress progress;
  private @Nullable Evaluation ofLastStep;

  InterimEvaluation(Assembly parts, Workers workers, Recipe recipe, Progress progress) {
    this.parts = parts;
    this.workers = workers;
    this.recipe = recipe;
    this.progress = progress;
  }

  @Override
  public Map<String, Double> measure(long finished, Supplier<TrainingState> state) {
    ofLastStep = null;
    int every = recipe.evaluation().everySteps();
    if (every == 0 || finished % every != 0) {
      return Map.of();
    }
    String when = "after step " + state.get().step();
    long started = System.nanoTime();
    Evaluation evaluation = HeldOut.evaluate(parts, workers.sampler(), recipe, progress, when);
    ofLastStep = evaluation;
    return Map.of(
        EvaluationConfig.GREEDY,
        evaluation.greedy().mean(),
        EvaluationConfig.SAMPLED,
        evaluation.sampled().mean(),
        EvaluationConfig.LENGTH,
        evaluation.meanLength(),
        EvaluationConfig.TRUNCATED,
        evaluation.truncated(),
        "time/evaluation",
        (System.nanoTime() - started) / 1e9);
  }

  /** The evaluation of the weights that training ended with; {@code null} where none was due. */
  @Nullable Evaluation ofLastStep() {
    return ofLastStep;
  }
}
