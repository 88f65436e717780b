package org.r1zero.experiment.run;

import java.util.List;
import java.util.Locale;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.evaluate.CompletionStore;
import org.r1zero.experiment.evaluate.Evaluation;
import org.r1zero.experiment.evaluate.Evaluator;
import org.r1zero.experiment.evaluate.Judges;
import org.r1zero.experiment.evaluate.Scorer;
import org.r1zero.experiment.metrics.Progress;
import org.r1zero.rollout.PolicySampler;
import org.r1zero.rollout.trace.RolloutTrace;
import org.r1zero.verify.Problem;

/** Measures a policy on the problems that its recipe holds out. */
final class HeldOut {
  private HeldOut() {}

  /**
   * Evaluates as the recipe says.
   *
   * @param when such as {@code before training}, for the messages
   */
  static Evaluation evaluate(
      Assembly parts, PolicySampler sampler, Recipe recipe, Progress progress, String when) {
    return evaluate(parts, sampler, recipe, progress, when, CompletionStore.none());
  }

  /**
   * Evaluates as the recipe says.
   *
   * @param store has what was sampled before with the same weights
   */
  static Evaluation evaluate(
      Assembly parts,
      PolicySampler sampler,
      Recipe recipe,
      Progress progress,
      String when,
      CompletionStore store) {
    List<Problem> heldOut = parts.dataset().heldOut();
    List<Problem> problems =
        heldOut.subList(0, Math.min(recipe.evaluation().problems(), heldOut.size()));
    int completions = problems.size() * (1 + recipe.evaluation().samples());
    progress.say(
        String.format(
            Locale.ROOT,
            "evaluating %s: %d problems, %d completions each",
            when,
            problems.size(),
            1 + recipe.evaluation().samples()));
    Evaluation evaluation =
        new Evaluator(
                recipe.evaluation(),
                recipe.sampling(),
                new Evaluator.Scoring(
                    recipe.environment().isOn()
                        ? parts.scorer()::score
                        : Scorer.of(parts.scorer(), recipe.rewards(), recipe.scoring()),
                    recipe.accuracyColumn(),
                    Judges.of(recipe)),
                recipe.seed(),
                store)
            .evaluate(
                sampler,
                problems,
                status -> progress.sampling("completions " + when, status.finished(), completions));
    progress.say(line(evaluation, when));
    return evaluation;
  }

  /** What a person is told of an evaluation. */
  static String line(Evaluation evaluation, String when) {
    double turns = evaluation.traces().stream().mapToInt(RolloutTrace::turns).average().orElse(1);
    return String.format(
        Locale.ROOT,
        "held-out pass@1 %s: greedy %s, sampled %s, pass@%d %.1f %%, %.0f tokens, %s%.1f %% truncated"
            + " (%d problems)",
        when,
        evaluation.greedy(),
        evaluation.sampled(),
        evaluation.passAt().lastKey(),
        100 * evaluation.passAt().lastEntry().getValue(),
        evaluation.meanLength(),
        turns > 1 ? String.format(Locale.ROOT, "%.1f turns, ", turns) : "",
        100 * evaluation.truncated(),
        evaluation.problems());
  }
}
