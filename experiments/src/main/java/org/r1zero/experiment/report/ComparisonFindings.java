package org.r1zero.experiment.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What a comparison found, in sentences: each arm against its base, then against the others. */
final class ComparisonFindings {
  static final String AGAINST_BASE = "Each arm against its base";
  static final String AGAINST_OTHERS = "Arms against each other";

  private ComparisonFindings() {}

  static void write(HtmlPage page, JsonNode data) {
    page.heading("findings", "Findings");
    page.text(noise(data));
    for (JsonNode arm : data.path("arms")) {
      for (JsonNode fault : arm.path("failures")) {
        page.raw(
            "<p><span class=\"tag bad\">failed</span> "
                + TraceMarkup.escape(arm.path("name").asText() + ": " + fault.asText())
                + "</p>");
      }
    }
    page.raw("<div class=\"grid\">");
    page.chart(
        "chart-overview",
        "Accuracy and readability",
        "Readable: in one language, not repetitive, not cut off. Whiskers are 95 % intervals.");
    page.chart(
        "chart-faults",
        "What is wrong with the answers",
        "Lower is better. Whiskers are 95 % intervals.");
    page.raw("</div>");
    list(page, AGAINST_BASE, findings(data, true));
    list(page, AGAINST_OTHERS, findings(data, false));
  }

  /** The differences of accuracy and readability, of one kind. */
  static List<JsonNode> findings(JsonNode data, boolean againstBase) {
    Set<String> bases = new HashSet<>();
    for (JsonNode arm : data.path("arms")) {
      if (arm.path("base").asBoolean()) {
        bases.add(arm.path("name").asText());
      }
    }
    List<JsonNode> found = new ArrayList<>();
    for (JsonNode difference : data.path("differences")) {
      boolean base =
          bases.contains(difference.path("first").asText())
              || bases.contains(difference.path("second").asText());
      if (difference.path("finding").asBoolean() && base == againstBase) {
        found.add(difference);
      }
    }
    return found;
  }

  /** How many of these the data do not tell from nothing. */
  static String noise(JsonNode data) {
    List<JsonNode> all = new ArrayList<>(findings(data, true));
    all.addAll(findings(data, false));
    long within = all.stream().filter(d -> d.path("within_noise").asBoolean()).count();
    return String.format(
        Locale.ROOT,
        "Of %d differences of accuracy and readability, %d are within noise: their interval holds"
            + " zero, and these data do not tell the two apart.",
        all.size(),
        within);
  }

  private static void list(HtmlPage page, String heading, List<JsonNode> differences) {
    if (differences.isEmpty()) {
      return;
    }
    page.raw("<h3>" + TraceMarkup.escape(heading) + "</h3><ul class=\"findings\">");
    for (JsonNode difference : differences) {
      page.raw(
          "<li>"
              + tag(difference)
              + " "
              + TraceMarkup.escape(difference.path("text").asText())
              + "</li>");
    }
    page.raw("</ul>");
  }

  /** Whether a difference is more than noise. */
  static String tag(JsonNode difference) {
    return difference.path("within_noise").asBoolean()
        ? "<span class=\"tag noise\">within noise</span>"
        : "<span class=\"tag differs\">differs</span>";
  }
}
