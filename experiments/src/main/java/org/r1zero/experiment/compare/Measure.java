package org.r1zero.experiment.compare;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.r1zero.experiment.evaluate.EvaluatedSample;
import org.r1zero.experiment.evaluate.Judges;
import org.r1zero.rollout.trace.RolloutTrace;

/**
 * A number by which arms are compared.
 *
 * @param id in JSON
 * @param label in tables
 * @param greedy whether greedy completions count, otherwise the sampled ones
 * @param isShare whether it is from 0 to 1, shown as per cent
 * @param higherIsBetter which way is better; {@code null} where neither is
 * @param of one completion
 */
public record Measure(
    String id,
    String label,
    boolean greedy,
    boolean isShare,
    @org.jspecify.annotations.Nullable Boolean higherIsBetter,
    ToDoubleFunction<EvaluatedSample> of) {

  /** All of them, accuracy first. */
  public static final List<Measure> ALL =
      List.of(
          new Measure("pass1", "accuracy (mean of samples)", false, true, true, Measure::right),
          new Measure("pass1_greedy", "accuracy (greedy)", true, true, true, Measure::right),
          new Measure("readable", "readable", false, true, true, Measure::readable),
          new Measure(
              "language_mixing",
              "mixes languages",
              false,
              true,
              false,
              one -> is(one, "language") ? 0 : 1),
          new Measure(
              "repetition",
              "repeats itself",
              false,
              true,
              false,
              one -> is(one, "repetition") ? 0 : 1),
          new Measure(
              "format", "keeps the format", false, true, true, one -> is(one, "format") ? 1 : 0),
          new Measure("truncated", "cut off", false, true, false, one -> isCut(one) ? 1 : 0),
          new Measure(
              "length", "tokens an answer", false, false, null, one -> one.trace().tokens()));

  private static double right(EvaluatedSample one) {
    return one.right() ? 1 : 0;
  }

  private static double readable(EvaluatedSample one) {
    return is(one, "language") && is(one, "repetition") && !isCut(one) ? 1 : 0;
  }

  private static boolean isCut(EvaluatedSample one) {
    return one.trace().finishReason().equals("length");
  }

  private static boolean is(EvaluatedSample one, String name) {
    RolloutTrace.VerdictTrace verdict = one.trace().verdicts().get(Judges.PREFIX + name);
    return verdict != null && verdict.outcome().equals("correct");
  }
}
