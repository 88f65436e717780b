package org.r1zero.experiment.report;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.compare.Compared;

/** A comparison's numbers in tables. */
final class ComparisonResults {
  private ComparisonResults() {}

  static void write(HtmlPage page, Compared data) {
    page.heading("results", "Results");
    List<String> head = new ArrayList<>(List.of("arm"));
    data.measures().forEach(measure -> head.add(measure.label()));
    List<List<Html>> rows = new ArrayList<>();
    for (Compared.Arm arm : data.arms()) {
      List<Html> row = new ArrayList<>(List.of(name(data, arm)));
      for (Compared.MeasureLabel measure : data.measures()) {
        row.add(cell(arm.value(measure), measure.share()));
      }
      rows.add(row);
    }
    page.add(
        HtmlPage.table("Mean over seeds, with 95 % intervals over problems and seeds", head, rows));
    selfChecks(page, data);
    differences(page, data);
  }

  /** Words alone: docs/evaluation.md has the patterns. */
  private static void selfChecks(HtmlPage page, Compared data) {
    List<List<Object>> rows = new ArrayList<>();
    for (Compared.Arm arm : data.arms()) {
      Compared.SelfChecks checks = arm.selfChecks();
      if (checks != null) {
        rows.add(
            List.of(
                name(data, arm),
                HtmlPage.number(checks.verifying(), true),
                HtmlPage.number(checks.correcting(), true),
                checks.corrected(),
                checks.correctedRight(),
                checks.wrongToRight(),
                checks.rightToWrong()));
      }
    }
    page.add(Html.of("p"));
    page.add(
        HtmlPage.table(
            "Signs of self-verification and correction, by stated patterns of words; counts of all seeds",
            List.of(
                "arm",
                "says that it checks",
                "says that something was wrong",
                "answers that correct",
                "of which right",
                "wrong before, right after",
                "right before, wrong after"),
            rows));
  }

  /** The model that an arm starts from stands below its name. */
  private static Html name(Compared data, Compared.Arm arm) {
    String origin = ComparisonReport.origin(data, arm);
    return Html.all(arm.name(), origin.isEmpty() ? Html.NONE : Html.of("small", origin));
  }

  private static void differences(HtmlPage page, Compared data) {
    List<List<Object>> pairs = new ArrayList<>();
    for (Compared.Difference d : data.differences()) {
      pairs.add(
          List.of(
              d.first() + " − " + d.second(),
              d.measure(),
              Html.format("%+.3f", d.mean()),
              pair(d.ciProblems()),
              pair(d.ciProblemsAndSeeds()),
              pair(d.ciScore()),
              Html.format("%.3f", d.p()),
              ComparisonFindings.tag(d)));
    }
    page.add(
        HtmlPage.details(
            "All differences, pair by pair",
            HtmlPage.table(
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
                pairs)));
  }

  private static Html pair(Compared.Ends ends) {
    return Html.format("[%+.3f, %+.3f]", ends.low(), ends.high());
  }

  private static Html cell(Compared.@Nullable Value value, boolean share) {
    return value == null
        ? Html.all("failed")
        : Html.all(
            HtmlPage.number(value.mean(), share),
            Html.of("small", HtmlPage.interval(value.ciProblemsAndSeeds(), share)));
  }
}
