package org.r1zero.experiment.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.r1zero.experiment.evaluate.PairedDifference.Verdict;

/** What a comparison found, in sentences: each arm against its base, then against the others. */
final class ComparisonFindings {
  static final String AGAINST_BASE = "Each arm against its base";
  static final String AGAINST_OTHERS = "Arms against each other";

  private ComparisonFindings() {}

  static void write(HtmlPage page, JsonNode data) {
    page.heading("findings", "Findings");
    headline(page, data);
    page.text(counts(data));
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
    page.chart("chart-faults", "Failure modes", "Lower is better. Whiskers are 95 % intervals.");
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

  /** The whole in one sentence; nothing where nothing was trained. */
  static void headline(HtmlPage page, JsonNode data) {
    String headline = data.path("headline").asText();
    if (!headline.isEmpty()) {
      page.raw("<p class=\"headline\">" + TraceMarkup.escape(headline) + "</p>");
    }
  }

  /** How many of these differences the data tell from nothing. */
  static String counts(JsonNode data) {
    List<JsonNode> all = new ArrayList<>(findings(data, true));
    all.addAll(findings(data, false));
    return String.format(
        Locale.ROOT,
        "Of %d differences of accuracy and readability, %d are significant, %d are so between models"
            + " of one training each, and %d are not significant.",
        all.size(),
        count(all, Verdict.DIFFERENT),
        count(all, Verdict.ONE_SEED),
        count(all, Verdict.NOT_SIGNIFICANT));
  }

  private static long count(List<JsonNode> differences, Verdict verdict) {
    return differences.stream().filter(d -> verdict(d) == verdict).count();
  }

  private static Verdict verdict(JsonNode difference) {
    return Verdict.valueOf(difference.path("verdict").asText().toUpperCase(Locale.ROOT));
  }

  private static void list(HtmlPage page, String heading, List<JsonNode> differences) {
    if (!differences.isEmpty()) {
      page.raw("<h3>" + TraceMarkup.escape(heading) + "</h3>");
      list(page, differences);
    }
  }

  /** Differences in words, each with what it allows to say. */
  static void list(HtmlPage page, List<JsonNode> differences) {
    page.raw("<ul class=\"findings\">");
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

  /** What a difference allows to say. */
  static String tag(JsonNode difference) {
    return switch (verdict(difference)) {
      case DIFFERENT -> "<span class=\"tag differs\">differs</span>";
      case ONE_SEED -> "<span class=\"tag\">one seed</span>";
      case NOT_SIGNIFICANT -> "<span class=\"tag noise\">not significant</span>";
    };
  }
}
