package org.r1zero.experiment.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A comparison's numbers in tables. */
final class ComparisonResults {
  private ComparisonResults() {}

  static void write(HtmlPage page, JsonNode data) {
    page.heading("results", "Results");
    List<String> head = new ArrayList<>(List.of("arm"));
    data.path("measures").forEach(measure -> head.add(measure.path("label").asText()));
    List<List<String>> rows = new ArrayList<>();
    for (JsonNode arm : data.path("arms")) {
      List<String> row = new ArrayList<>(List.of(name(data, arm)));
      for (JsonNode measure : data.path("measures")) {
        row.add(cell(arm.path(measure.path("id").asText()), measure.path("share").asBoolean()));
      }
      rows.add(row);
    }
    page.table("Mean over seeds, with 95 % intervals over problems and seeds", head, rows);
    selfChecks(page, data);
    differences(page, data);
  }

  /** Words alone: docs/evaluation.md has the patterns. */
  private static void selfChecks(HtmlPage page, JsonNode data) {
    List<List<String>> rows = new ArrayList<>();
    for (JsonNode arm : data.path("arms")) {
      JsonNode checks = arm.path("self_checks");
      if (!checks.isMissingNode()) {
        rows.add(
            List.of(
                name(data, arm),
                HtmlPage.number(checks.path("verifying"), true),
                HtmlPage.number(checks.path("correcting"), true),
                checks.path("corrected").asText(),
                checks.path("corrected_right").asText(),
                checks.path("wrong_to_right").asText(),
                checks.path("right_to_wrong").asText()));
      }
    }
    page.raw("<p></p>");
    page.table(
        "Signs of self-verification and correction, by stated patterns of words; counts of all seeds",
        List.of(
            "arm",
            "says that it checks",
            "says that something was wrong",
            "answers that correct",
            "of which right",
            "wrong before, right after",
            "right before, wrong after"),
        rows);
  }

  /** The model that an arm starts from stands below its name. */
  private static String name(JsonNode data, JsonNode arm) {
    String origin = ComparisonReport.origin(data, arm);
    return TraceMarkup.escape(arm.path("name").asText())
        + (origin.isEmpty() ? "" : "<small>" + TraceMarkup.escape(origin) + "</small>");
  }

  private static void differences(HtmlPage page, JsonNode data) {
    List<List<String>> pairs = new ArrayList<>();
    for (JsonNode d : data.path("differences")) {
      pairs.add(
          List.of(
              TraceMarkup.escape(d.path("first").asText() + " − " + d.path("second").asText()),
              TraceMarkup.escape(d.path("measure").asText()),
              String.format(Locale.ROOT, "%+.3f", d.path("mean").asDouble()),
              pair(d.path("ci_problems")),
              pair(d.path("ci_problems_and_seeds")),
              pair(d.path("ci_score")),
              String.format(Locale.ROOT, "%.3f", d.path("p").asDouble()),
              ComparisonFindings.tag(d)));
    }
    page.raw("<details><summary>All differences, pair by pair</summary>");
    page.table(
        "Paired differences: bootstrap over problems, and over problems and seeds; interval from"
            + " both arms' own (score); exact sign-flip test (p)",
        List.of(
            "arms",
            "measure",
            "difference",
            "over problems",
            "over problems and seeds",
            "score",
            "p",
            ""),
        pairs);
    page.raw("</details>");
  }

  private static String pair(JsonNode ends) {
    return String.format(
        Locale.ROOT, "[%+.3f, %+.3f]", ends.path(0).asDouble(), ends.path(1).asDouble());
  }

  private static String cell(JsonNode value, boolean share) {
    if (value.isMissingNode()) {
      return "failed";
    }
    return HtmlPage.number(value.path("mean"), share)
        + "<small>"
        + HtmlPage.interval(value.path("ci_problems_and_seeds"), share)
        + "</small>";
  }
}
