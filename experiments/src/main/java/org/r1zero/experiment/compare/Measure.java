package org.r1zero.experiment.compare;

import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.r1zero.experiment.evaluate.EvaluatedSample;

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
          share("pass1", "accuracy (mean of samples)", true, EvaluatedSample::right),
          new Measure(
              "pass1_greedy", "accuracy (greedy)", true, true, true, one -> one.right() ? 1 : 0),
          share("readable", "readable", true, EvaluatedSample::isReadable),
          share("language_mixing", "mixes languages", false, one -> !one.passes("language")),
          share("repetition", "repeats itself", false, one -> !one.passes("repetition")),
          share("format", "keeps the format", true, one -> one.passes("format")),
          share("truncated", "cut off", false, EvaluatedSample::isTruncated),
          new Measure(
              "length", "tokens an answer", false, false, null, one -> one.trace().tokens()));

  private static Measure share(
      String id, String label, boolean higherIsBetter, Predicate<EvaluatedSample> counts) {
    return new Measure(id, label, false, true, higherIsBetter, one -> counts.test(one) ? 1 : 0);
  }
}
