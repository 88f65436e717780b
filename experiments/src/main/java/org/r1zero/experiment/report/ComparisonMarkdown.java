package org.r1zero.experiment.report;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.r1zero.experiment.compare.Compared;

/** A comparison's numbers as Markdown. */
final class ComparisonMarkdown {
  /** What begins markup within a line; an interval's brackets do not. */
  private static final Pattern SPECIAL = Pattern.compile("[\\\\`*_<>|&~]|\\](?=[(\\[:])|(?<!\\S)#");

  private ComparisonMarkdown() {}

  static String write(Compared data) {
    StringBuilder text = new StringBuilder();
    text.append("# Comparison: ").append(plain(data.name())).append("\n\n");
    text.append(plain(ComparisonReport.setting(data))).append("\n\n| arm |");
    data.measures().forEach(m -> text.append(' ').append(plain(m.label())).append(" |"));
    text.append("\n| --- |").append(" --- |".repeat(data.measures().size())).append('\n');
    for (Compared.Arm arm : data.arms()) {
      text.append("| ").append(plain(ComparisonReport.name(data, arm))).append(" |");
      for (Compared.MeasureLabel measure : data.measures()) {
        Compared.Value value = arm.value(measure);
        text.append(
            value == null
                ? " failed |"
                : String.format(
                    " %s %s |",
                    HtmlPage.number(value.mean(), measure.share()),
                    HtmlPage.interval(value.ciProblemsAndSeeds(), measure.share())));
      }
      text.append('\n');
    }
    text.append("\n## Findings\n\n");
    headline(text, data);
    text.append(ComparisonFindings.counts(data)).append('\n');
    for (Compared.Arm arm : data.arms()) {
      for (String fault : arm.failures()) {
        text.append("\n- ").append(plain(arm.name() + " failed: " + fault)).append('\n');
      }
    }
    findings(text, ComparisonFindings.AGAINST_BASE, ComparisonFindings.findings(data, true));
    findings(text, ComparisonFindings.AGAINST_OTHERS, ComparisonFindings.findings(data, false));
    text.append("\n## Cost of one training, mean over seeds\n\n");
    text.append("| arm | seconds | sampled tokens | trained tokens | FLOPs | Wh | price (");
    text.append(plain(data.price().currency())).append(") |\n| --- |");
    text.append(" --- |".repeat(6)).append('\n');
    for (Compared.Arm arm : data.arms()) {
      Compared.Cost cost = arm.cost();
      if (cost != null) {
        Compared.Amount mean = cost.perSeed();
        text.append(
            String.format(
                Locale.ROOT,
                "| %s | %.0f | %d | %d | %.2e | %.1f | %.4f |%n",
                plain(arm.name()),
                mean.cost().seconds(),
                mean.cost().sampledTokens(),
                mean.cost().trainedTokens(),
                mean.cost().flops(),
                1000 * mean.kwh(),
                mean.price()));
      }
    }
    return text.toString();
  }

  private static void findings(
      StringBuilder text, String heading, List<Compared.Difference> differences) {
    if (!differences.isEmpty()) {
      text.append("\n### ").append(heading).append("\n\n");
      findings(text, differences);
    }
  }

  static void findings(StringBuilder text, List<Compared.Difference> differences) {
    for (Compared.Difference difference : differences) {
      text.append("- ").append(plain(difference.text())).append('\n');
    }
  }

  static void headline(StringBuilder text, Compared data) {
    if (!data.headline().isEmpty()) {
      text.append("**").append(plain(data.headline())).append("**\n\n");
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
