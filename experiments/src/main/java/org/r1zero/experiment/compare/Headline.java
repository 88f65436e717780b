package org.r1zero.experiment.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.r1zero.experiment.evaluate.Interval;
import org.r1zero.experiment.evaluate.PairedDifference;
import org.r1zero.experiment.evaluate.PairedDifference.Verdict;

/** What was found, in words: one sentence for the whole, and one for each difference. */
final class Headline {
  private Headline() {}

  /**
   * Two arms held against each other.
   *
   * @param measure by which
   * @param first a trained arm where one of them is
   * @param second the other
   * @param difference first minus second
   */
  record Pair(Measure measure, ArmResult first, ArmResult second, PairedDifference difference) {

    /** Whether an arm is one of the two; names are unique. */
    boolean has(ArmResult arm) {
      return first.name().equals(arm.name()) || second.name().equals(arm.name());
    }

    /** The other one of the two. */
    ArmResult beside(ArmResult arm) {
      return first.name().equals(arm.name()) ? second : first;
    }

    /** What the difference says. */
    String sentence() {
      String size = size(measure, difference);
      String subject = measure.label() + ": ";
      return switch (difference.verdict()) {
        case NOT_SIGNIFICANT ->
            String.format(
                "%sno significant difference between %s and %s, %s",
                subject, first.name(), second.name(), size);
        case DIFFERENT ->
            subject + first.name() + " is " + judged() + " than " + second.name() + ", " + size;
        case ONE_SEED ->
            subject
                + first.name()
                + " measured "
                + (difference.mean() > 0 ? "above " : "below ")
                + second.name()
                + ", "
                + size
                + "; one seed: not known whether the training does it";
      };
    }

    private String judged() {
      Boolean up = measure.higherIsBetter();
      boolean higher = difference.mean() > 0;
      return up == null ? (higher ? "higher" : "lower") : up == higher ? "better" : "worse";
    }
  }

  /**
   * The best arm by accuracy, and what may be said of it.
   *
   * @param arms that were measured
   * @param accuracy all pairs by the first measure
   * @return empty where nothing was trained
   */
  static String of(List<ArmResult> arms, List<Pair> accuracy) {
    Measure measure = Measure.ALL.get(0);
    Optional<ArmResult> highest =
        arms.stream()
            .filter(arm -> !arm.isBase())
            .max(Comparator.comparingDouble(arm -> arm.measured(measure).overSeeds().mean()));
    if (highest.isEmpty()) {
      return "";
    }
    ArmResult best = highest.get();
    List<Pair> pairs =
        accuracy.stream()
            .filter(pair -> pair.has(best))
            .filter(pair -> !pair.second().isBase() || pair.second().model().equals(best.model()))
            .toList();
    if (pairs.size() == 1 && pairs.get(0).second().isBase()) {
      return beforeAndAfter(pairs.get(0));
    }
    List<String> parts = new ArrayList<>();
    add(parts, "better than ", "", names(pairs, best, Verdict.DIFFERENT));
    add(parts, "no significant difference from ", "", names(pairs, best, Verdict.NOT_SIGNIFICANT));
    add(
        parts,
        "above ",
        " with one seed: not known whether the training does it",
        names(pairs, best, Verdict.ONE_SEED));
    return String.format(
        "Highest accuracy: %s, %s%s.",
        best.name(),
        best.measured(measure).overSeeds(),
        parts.isEmpty() ? "" : "; " + String.join("; ", parts));
  }

  private static String beforeAndAfter(Pair pair) {
    Interval after = pair.first().measured(pair.measure()).overSeeds();
    Interval before = pair.second().measured(pair.measure()).overSeeds();
    String said =
        switch (pair.difference().verdict()) {
          case DIFFERENT -> pair.judged();
          case NOT_SIGNIFICANT -> "no significant difference";
          case ONE_SEED -> "one seed: not known whether another training would do the same";
        };
    return String.format(
        "Accuracy: %s %s, %s %s: %s; %s.",
        pair.second().name(),
        before,
        pair.first().name(),
        after,
        size(pair.measure(), pair.difference()),
        said);
  }

  /** The other arms of pairs with a verdict. */
  private static List<String> names(List<Pair> pairs, ArmResult best, Verdict verdict) {
    return pairs.stream()
        .filter(pair -> pair.difference().verdict() == verdict)
        .map(pair -> pair.beside(best).name())
        .toList();
  }

  private static void add(List<String> parts, String before, String after, List<String> names) {
    if (!names.isEmpty()) {
      int last = names.size() - 1;
      String all =
          last == 0
              ? names.get(0)
              : String.join(", ", names.subList(0, last)) + " and " + names.get(last);
      parts.add(before + all + after);
    }
  }

  /** A difference with its widest interval and its p-value. */
  private static String size(Measure measure, PairedDifference difference) {
    double scale = measure.isShare() ? 100 : 1;
    String p =
        difference.p() < 0.001
            ? "p < 0.001"
            : String.format(Locale.ROOT, "p = %.3f", difference.p());
    return String.format(
        Locale.ROOT,
        "%+.1f %s [%+.1f, %+.1f], %s",
        scale * difference.mean(),
        measure.isShare() ? "points" : "tokens",
        scale * difference.low(),
        scale * difference.high(),
        p);
  }
}
