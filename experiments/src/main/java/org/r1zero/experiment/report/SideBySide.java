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
import org.r1zero.experiment.compare.Measure;
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
    page.raw(
        "<p>The first answer of each one's first seed, for problems where they differ most. Below an"
            + " answer is what each verifier said of it.</p><p>Marks: "
            + TraceMarkup.LEGEND
            + "; "
            + TraceMarkup.ANSWERS
            + "</p>");
    TraceMarkup markup = new TraceMarkup(Judges.languageOf(language));
    for (List<ArmResult> arms : groups) {
      if (groups.size() > 1) {
        String names = String.join("; ", arms.stream().map(ArmResult::name).toList());
        page.raw("<h3>" + TraceMarkup.escape(names) + "</h3>");
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
      page.raw(
          "<article aria-label=\"Problem "
              + ++number
              + "\"><"
              + heading
              + ">Problem "
              + number
              + ", gold "
              + TraceMarkup.escape(any.trace().gold())
              + "</"
              + heading
              + "><pre>"
              + TraceMarkup.escape(any.trace().prompt())
              + "</pre><div class=\"traces\" style=\"margin-top:.7rem\">");
      problem.forEach((arm, sample) -> page.raw(card(arm, sample, markup)));
      page.raw("</div></article>");
    }
  }

  private static String verdicts(EvaluatedSample one) {
    StringBuilder html = new StringBuilder("<ul class=\"verdicts\">");
    one.trace()
        .verdicts()
        .forEach(
            (name, verdict) ->
                html.append(
                    TraceMarkup.verdict(
                        name.replaceFirst("^" + Judges.PREFIX, ""),
                        verdict.outcome(),
                        verdict.reason())));
    return html.append("</ul>").toString();
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
      states.add(one.right() + " " + readable(one));
    }
    return states.size();
  }

  private static boolean readable(EvaluatedSample one) {
    return Measure.ALL.stream()
        .filter(m -> m.id().equals("readable"))
        .allMatch(m -> m.of().applyAsDouble(one) > 0);
  }

  private static String card(String arm, EvaluatedSample one, TraceMarkup markup) {
    String verdict = one.right() ? "right" : "wrong";
    return "<section class=\"panel trace "
        + verdict
        + "\" aria-label=\""
        + TraceMarkup.escape(arm + ", " + verdict)
        + "\"><strong>"
        + TraceMarkup.escape(arm)
        + "</strong> <span class=\"tag "
        + (one.right() ? "good\">✓ " : "bad\">✗ ")
        + verdict
        + "</span> <span class=\"soft\">"
        + one.trace().tokens()
        + " tokens"
        + (one.trace().finishReason().equals("length") ? ", cut off" : "")
        + (readable(one) ? "" : ", not readable")
        + "</span><div class=\"said\">"
        + markup.html(one.trace().completion().strip(), one.answer(), one.right())
        + "</div>"
        + verdicts(one)
        + "</section>";
  }
}
