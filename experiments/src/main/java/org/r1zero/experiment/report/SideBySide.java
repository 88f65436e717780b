package org.r1zero.experiment.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.r1zero.experiment.compare.ArmResult;
import org.r1zero.experiment.evaluate.EvaluatedSample;
import org.r1zero.experiment.evaluate.Judges;

/** The arms' answers to the same problems, beside each other: those where they differ most. */
final class SideBySide {
  private SideBySide() {}

  /**
   * Writes the section.
   *
   * @param groups arms that answered the same problems; several where a report has runs that were
   *     measured on different ones
   * @param count problems of each group
   * @param language that answers should be in, such as {@code en}
   */
  static void write(HtmlPage page, Collection<List<ArmResult>> groups, int count, String language) {
    page.heading("traces", "Traces side by side");
    page.text(
        "The first answer of each one's first seed, for problems where they differ most. Below an"
            + " answer is what each verifier said of it.");
    page.add(Html.of("p", "Marks: ", TraceMarkup.LEGEND, "; ", TraceMarkup.ANSWERS));
    TraceMarkup markup = new TraceMarkup(Judges.languageOf(language));
    for (List<ArmResult> arms : groups) {
      if (groups.size() > 1) {
        page.add(Html.of("h3", String.join("; ", arms.stream().map(ArmResult::name).toList())));
      }
      problems(page, arms, count, groups.size() > 1 ? "h4" : "h3", markup);
    }
  }

  private static void problems(
      HtmlPage page, List<ArmResult> arms, int count, String heading, TraceMarkup markup) {
    Map<String, Map<String, EvaluatedSample>> problems = firstAnswers(arms);
    List<Map<String, EvaluatedSample>> chosen = new ArrayList<>(problems.values());
    chosen.sort(Comparator.comparingInt((Map<String, EvaluatedSample> m) -> -variety(m)));
    int number = 0;
    for (Map<String, EvaluatedSample> problem : chosen.subList(0, Math.min(count, chosen.size()))) {
      EvaluatedSample any = problem.values().iterator().next();
      List<Html> cards = new ArrayList<>();
      problem.forEach((arm, sample) -> cards.add(card(arm, sample, markup)));
      page.add(
          Html.of(
                  "article",
                  Html.of(heading, "Problem " + ++number + ", gold " + any.trace().gold()),
                  Html.of("pre", any.trace().prompt()),
                  Html.of("div.traces", cards).with("style", "margin-top:.7rem"))
              .with("aria-label", "Problem " + number));
    }
  }

  private static Map<String, Map<String, EvaluatedSample>> firstAnswers(List<ArmResult> arms) {
    Map<String, Map<String, EvaluatedSample>> problems = new LinkedHashMap<>();
    for (ArmResult arm : arms) {
      if (arm.isMeasured()) {
        boolean sampled = arm.seeds().get(0).evaluation().samples() > 0;
        for (EvaluatedSample one : arm.seeds().get(0).evaluation().completions()) {
          if (one.trace().sample() == (sampled ? 0 : -1)) {
            problems
                .computeIfAbsent(one.trace().problem(), p -> new LinkedHashMap<>())
                .put(arm.name(), one);
          }
        }
      }
    }
    return problems;
  }

  /** How differently the arms did: the number of different (right, readable) pairs. */
  private static int variety(Map<String, EvaluatedSample> answers) {
    Set<String> states = new HashSet<>();
    for (EvaluatedSample one : answers.values()) {
      states.add(one.right() + " " + one.isReadable());
    }
    return states.size();
  }

  private static Html card(String arm, EvaluatedSample one, TraceMarkup markup) {
    String verdict = one.right() ? "right" : "wrong";
    return Html.of(
            "section.panel trace " + verdict,
            Html.of("strong", arm),
            " ",
            Html.of(
                one.right() ? "span.tag good" : "span.tag bad",
                (one.right() ? "✓ " : "✗ ") + verdict),
            " ",
            Html.of(
                "span.soft",
                one.trace().tokens() + " tokens",
                one.trace().truncated() ? ", cut off" : "",
                one.isReadable() ? "" : ", not readable"),
            Html.of(
                "div.said",
                markup.html(one.trace().completion().strip(), one.answer(), one.right())),
            TraceMarkup.verdicts(one.trace().verdicts()))
        .with("aria-label", arm + ", " + verdict);
  }
}
