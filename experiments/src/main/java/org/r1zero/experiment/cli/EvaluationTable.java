package org.r1zero.experiment.cli;

import java.io.PrintStream;
import java.util.Locale;
import org.r1zero.experiment.evaluate.Evaluation;
import org.r1zero.experiment.evaluate.EvaluationDetails;
import org.r1zero.experiment.evaluate.EvaluationDetails.Readability;
import org.r1zero.experiment.evaluate.EvaluationDetails.SelfCheckRates;

/** An evaluation for a person. */
final class EvaluationTable {
  private EvaluationTable() {}

  static void print(Evaluation evaluation, PrintStream out) {
    EvaluationDetails details = evaluation.details();
    details.passAt().forEach((k, interval) -> row(out, "pass@" + k, interval));
    details.consAt().forEach((k, interval) -> row(out, "cons@" + k, interval));
    details
        .byDifficulty()
        .forEach(
            of ->
                row(
                    out,
                    "difficulty " + of.difficulty(),
                    of.sampled() + " of " + of.problems() + " problems"));
    Readability readability = details.readability();
    if (readability != null) {
      row(out, "readable", readability.readable());
      row(out, "mixing languages", readability.languageMixing());
      row(out, "repetitive", readability.repetition());
      row(out, "truncated", readability.truncated());
      row(out, "in the format", readability.format());
    }
    SelfCheckRates checks = details.selfChecks();
    row(out, "say that they check", checks.verifying());
    row(out, "say that they correct", checks.correcting());
    if (checks.corrected() > 0) {
      row(
          out,
          "corrected and right",
          String.format(
              "%s of %s (%s from wrong to right, %s from right to wrong)",
              checks.correctedRight(),
              checks.corrected(),
              checks.wrongToRight(),
              checks.rightToWrong()));
    }
    details
        .budgets()
        .forEach(
            point ->
                row(
                    out,
                    "in " + point.tokens() + " tokens",
                    point.accuracy()
                        + String.format(
                            Locale.ROOT, ", %.1f %% finished", 100 * point.finished())));
  }

  private static void row(PrintStream out, String name, Object value) {
    out.printf(Locale.ROOT, "  %-22s %s%n", name, value);
  }
}
