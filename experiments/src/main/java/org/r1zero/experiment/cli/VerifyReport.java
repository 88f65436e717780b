package org.r1zero.experiment.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.Locale;
import org.r1zero.experiment.verify.VerifySummary;

/** What judging a file came to, as a table and as JSON. */
final class VerifyReport {
  private static final ObjectMapper JSON = new ObjectMapper();

  private VerifyReport() {}

  static void table(VerifySummary summary, PrintStream out) {
    row(out, "verifier", summary.verifier());
    row(out, "records", summary.records());
    row(out, "correct", share(summary.correct(), summary.records()));
    row(out, "mean score", String.format(Locale.ROOT, "%.4f", summary.meanScore()));
    if (summary.withExpected() > 0) {
      row(out, "agreement with expected", share(summary.agreed(), summary.withExpected()));
      row(out, "false positives", summary.falsePositives());
      row(out, "false negatives", summary.falseNegatives());
    }
    row(out, "unparseable", summary.unparseable());
    row(out, "timeouts", summary.timeouts());
    row(out, "errors", summary.errors());
    row(out, "unreadable lines", summary.unreadableCount());
    row(out, "verdicts/s", String.format(Locale.ROOT, "%.0f", summary.verdictsPerSecond()));
  }

  /** The lines that could not be read, and the first error. */
  static void faults(VerifySummary summary, PrintStream out) {
    for (VerifySummary.BadLine bad : summary.unreadable()) {
      out.println("line " + bad.line() + ": " + bad.reason());
    }
    long more = summary.unreadableCount() - summary.unreadable().size();
    if (more > 0) {
      out.println("and " + more + " more unreadable lines");
    }
    if (summary.errors() > 0) {
      out.println(
          "the verifier failed on " + summary.errors() + " records; " + summary.firstError());
    }
  }

  static String json(VerifySummary summary) throws JsonProcessingException {
    ObjectNode node = JSON.createObjectNode();
    node.put("verifier", summary.verifier());
    node.put("records", summary.records());
    node.put("correct", summary.correct());
    node.put("mean_score", summary.meanScore());
    node.put("with_expected", summary.withExpected());
    if (summary.withExpected() > 0) {
      node.put("agreed", summary.agreed());
      node.put("agreement", summary.agreement());
      node.put("false_positives", summary.falsePositives());
      node.put("false_negatives", summary.falseNegatives());
    }
    node.put("unparseable", summary.unparseable());
    node.put("timeouts", summary.timeouts());
    node.put("errors", summary.errors());
    node.put("unreadable", summary.unreadableCount());
    var lines = node.putArray("unreadable_lines");
    summary.unreadable().forEach(bad -> lines.add(bad.line()));
    node.put("seconds", summary.seconds());
    node.put("verdicts_per_second", summary.verdictsPerSecond());
    return JSON.writeValueAsString(node);
  }

  private static void row(PrintStream out, String name, Object value) {
    out.printf("%-24s %s%n", name, value);
  }

  private static String share(long part, long whole) {
    return whole == 0
        ? "0 of 0"
        : String.format(Locale.ROOT, "%d of %d (%.2f %%)", part, whole, 100.0 * part / whole);
  }
}
