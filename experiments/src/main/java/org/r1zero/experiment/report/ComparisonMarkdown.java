package org.r1zero.experiment.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** A comparison's numbers as Markdown. */
final class ComparisonMarkdown {
  /** What begins markup within a line; an interval's brackets do not. */
  private static final Pattern SPECIAL = Pattern.compile("[\\\\`*_<>|&~]|\\](?=[(\\[:])|(?<!\\S)#");

  private ComparisonMarkdown() {}

  static String write(JsonNode data) {
    StringBuilder text = new StringBuilder();
    text.append("# Comparison: ").append(plain(data.path("name").asText())).append("\n\n");
    text.append(plain(ComparisonReport.setting(data))).append("\n\n| arm |");
    data.path("measures")
        .forEach(m -> text.append(' ').append(plain(m.path("label").asText())).append(" |"));
    text.append("\n| --- |").append(" --- |".repeat(data.path("measures").size())).append('\n');
    for (JsonNode arm : data.path("arms")) {
      text.append("| ").append(plain(ComparisonReport.name(data, arm))).append(" |");
      for (JsonNode measure : data.path("measures")) {
        JsonNode value = arm.path(measure.path("id").asText());
        boolean share = measure.path("share").asBoolean();
        text.append(
            value.isMissingNode()
                ? " failed |"
                : String.format(
                    " %s %s |",
                    HtmlPage.number(value.path("mean"), share),
                    HtmlPage.interval(value.path("ci_problems_and_seeds"), share)));
      }
      text.append('\n');
    }
    text.append("\n## Findings\n\n");
    headline(text, data);
    text.append(ComparisonFindings.counts(data)).append('\n');
    for (JsonNode arm : data.path("arms")) {
      for (JsonNode fault : arm.path("failures")) {
        text.append("\n- ").append(plain(arm.path("name").asText() + " failed: " + fault.asText()));
        text.append('\n');
      }
    }
    findings(text, ComparisonFindings.AGAINST_BASE, ComparisonFindings.findings(data, true));
    findings(text, ComparisonFindings.AGAINST_OTHERS, ComparisonFindings.findings(data, false));
    text.append("\n## Cost of one training, mean over seeds\n\n");
    text.append("| arm | seconds | sampled tokens | trained tokens | FLOPs | Wh | price (");
    text.append(plain(data.at("/price/currency").asText())).append(") |\n| --- |");
    text.append(" --- |".repeat(6)).append('\n');
    for (JsonNode arm : data.path("arms")) {
      JsonNode cost = arm.at("/cost/per_seed");
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %.0f | %d | %d | %.2e | %.1f | %.4f |%n",
              plain(arm.path("name").asText()),
              cost.path("seconds").asDouble(),
              cost.path("sampled_tokens").asLong(),
              cost.path("trained_tokens").asLong(),
              cost.path("flops").asDouble(),
              1000 * cost.path("kwh").asDouble(),
              cost.path("price").asDouble()));
    }
    return text.toString();
  }

  private static void findings(StringBuilder text, String heading, List<JsonNode> differences) {
    if (!differences.isEmpty()) {
      text.append("\n### ").append(heading).append("\n\n");
      for (JsonNode difference : differences) {
        text.append("- ").append(plain(difference.path("text").asText())).append('\n');
      }
    }
  }

  static void headline(StringBuilder text, JsonNode data) {
    String headline = data.path("headline").asText();
    if (!headline.isEmpty()) {
      text.append("**").append(plain(headline)).append("**\n\n");
    }
  }

  /**
   * A text as Markdown shows it letter by letter on one line: names are whatever users write, so
   * nothing in them may become markup, HTML or the end of a table's cell.
   */
  static String plain(String text) {
    return SPECIAL.matcher(text.replaceAll("\\p{Cntrl}+", " ")).replaceAll("\\\\$0");
  }
}
