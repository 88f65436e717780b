package org.r1zero.experiment.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import org.r1zero.experiment.evaluate.Judges;
import org.r1zero.experiment.metrics.RunSteps;
import org.r1zero.rollout.trace.ToRead;

/** Some rollouts of each run's first and last step, with what the verifiers said. */
final class RolloutCards {
  private RolloutCards() {}

  static void write(HtmlPage page, List<ReportedRun> runs) throws IOException {
    page.heading("rollouts", "Rollouts");
    page.raw(
        "<p>The first rollout of the first step, and the first, the best and the worst of the last."
            + TraceMarkup.LEGEND
            + "</p>");
    for (ReportedRun run : runs) {
      TraceMarkup markup = new TraceMarkup(Judges.languageOf(RunCurves.languageOf(run.recipe())));
      page.raw("<h3>" + TraceMarkup.escape(run.name()) + "</h3><div class=\"traces\">");
      List<JsonNode> chosen = chosen(run);
      for (JsonNode rollout : chosen) {
        page.raw(card(rollout, markup));
      }
      page.raw("</div>");
      if (chosen.isEmpty()) {
        page.text("No rollouts: nothing was trained by reinforcement learning, or none were kept.");
      }
    }
  }

  private static List<JsonNode> chosen(ReportedRun run) throws IOException {
    List<JsonNode> chosen = new ArrayList<>();
    List<JsonNode> last = List.of();
    for (Path folder : run.metrics()) {
      RunSteps steps = new RunSteps(folder);
      NavigableSet<Long> kept = steps.withRollouts();
      if (!kept.isEmpty()) {
        if (chosen.isEmpty()) {
          chosen.addAll(steps.rollouts(kept.first()).stream().limit(1).toList());
        }
        last = steps.rollouts(kept.last());
      }
    }
    chosen.addAll(ToRead.of(last, rollout -> rollout.path("reward").asDouble()));
    return chosen.stream().distinct().toList();
  }

  private static String card(JsonNode rollout, TraceMarkup markup) {
    StringBuilder verdicts = new StringBuilder();
    boolean right = false;
    boolean first = true;
    for (Map.Entry<String, JsonNode> verdict : rollout.path("verdicts").properties()) {
      boolean correct = verdict.getValue().path("outcome").asText().equals("correct");
      right = first ? correct : right;
      first = false;
      verdicts.append(
          TraceMarkup.verdict(
              verdict.getKey(),
              verdict.getValue().path("outcome").asText(),
              verdict.getValue().path("reason").asText()));
    }
    String what =
        String.format(
            Locale.ROOT,
            "step %d, reward %.2f",
            rollout.path("step").asLong(),
            rollout.path("reward").asDouble());
    return "<section class=\"panel trace "
        + (right ? "right" : "wrong")
        + "\" aria-label=\""
        + TraceMarkup.escape(what)
        + "\"><strong>"
        + TraceMarkup.escape(what)
        + "</strong> <span class=\"soft\">gold "
        + TraceMarkup.escape(rollout.path("gold").asText())
        + ", "
        + rollout.path("tokens").asInt()
        + " tokens"
        + (rollout.path("finish_reason").asText().equals("length") ? ", cut off" : "")
        + "</span><ul class=\"verdicts\">"
        + verdicts
        + "</ul><pre>"
        + TraceMarkup.escape(rollout.path("prompt").asText())
        + "</pre><div class=\"said\">"
        + markup.html(rollout.path("completion").asText().strip())
        + "</div></section>";
  }
}
