package org.r1zero.experiment.report;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.r1zero.experiment.compare.Compared;
import org.r1zero.experiment.compare.Compared.Difference;
import org.r1zero.experiment.evaluate.PairedDifference.Verdict;

/** What a comparison found, in sentences: each arm against its base, then against the others. */
final class ComparisonFindings {
  static final String AGAINST_BASE = "Each arm against its base";
  static final String AGAINST_OTHERS = "Arms against each other";

  private ComparisonFindings() {}

  static void write(HtmlPage page, Compared data) {
    page.heading("findings", "Findings");
    headline(page, data);
    page.text(counts(data));
    for (Compared.Arm arm : data.arms()) {
      for (String fault : arm.failures()) {
        page.add(Html.of("p", Html.of("span.tag bad", "failed"), " ", arm.name() + ": " + fault));
      }
    }
    page.grid(
        page.chart(
            "chart-overview",
            "Accuracy and readability",
            "Readable: in one language, not repetitive, not cut off. Whiskers are 95 % intervals."),
        page.chart(
            "chart-faults", "Failure modes", "Lower is better. Whiskers are 95 % intervals."));
    list(page, AGAINST_BASE, findings(data, true));
    list(page, AGAINST_OTHERS, findings(data, false));
  }

  /** The differences of accuracy and readability, of one kind. */
  static List<Difference> findings(Compared data, boolean againstBase) {
    Set<String> bases =
        data.arms().stream()
            .filter(Compared.Arm::isBase)
            .map(Compared.Arm::name)
            .collect(Collectors.toSet());
    return data.findings().stream()
        .filter(d -> (bases.contains(d.first()) || bases.contains(d.second())) == againstBase)
        .toList();
  }

  /** The whole in one sentence; nothing where nothing was trained. */
  static void headline(HtmlPage page, Compared data) {
    if (!data.headline().isEmpty()) {
      page.add(Html.of("p.headline", data.headline()));
    }
  }

  /** How many of these differences the data tell from nothing. */
  static String counts(Compared data) {
    List<Difference> all = data.findings();
    return String.format(
        Locale.ROOT,
        "Of %d differences of accuracy and readability, %d are significant, %d are so between models"
            + " of one training each, and %d are not significant.",
        all.size(),
        count(all, Verdict.DIFFERENT),
        count(all, Verdict.ONE_SEED),
        count(all, Verdict.NOT_SIGNIFICANT));
  }

  private static long count(List<Difference> differences, Verdict verdict) {
    return differences.stream().filter(d -> d.verdict() == verdict).count();
  }

  private static void list(HtmlPage page, String heading, List<Difference> differences) {
    if (!differences.isEmpty()) {
      page.add(Html.of("h3", heading));
      list(page, differences);
    }
  }

  /** Differences in words, each with what it allows to say. */
  static void list(HtmlPage page, List<Difference> differences) {
    page.add(
        Html.of(
            "ul.findings",
            differences.stream().map(d -> Html.of("li", tag(d), " ", d.text())).toList()));
  }

  /** What a difference allows to say. */
  static Html tag(Difference difference) {
    return switch (difference.verdict()) {
      case DIFFERENT -> Html.of("span.tag differs", "differs");
      case ONE_SEED -> Html.of("span.tag", "one seed");
      case NOT_SIGNIFICANT -> Html.of("span.tag noise", "not significant");
    };
  }
}
