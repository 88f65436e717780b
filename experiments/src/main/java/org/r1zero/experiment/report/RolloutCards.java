package org.r1zero.experiment.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NavigableSet;
import org.r1zero.experiment.evaluate.Judges;
import org.r1zero.experiment.metrics.RunSteps;
import org.r1zero.rollout.trace.RolloutTrace;
import org.r1zero.rollout.trace.ToRead;

/** Some rollouts of each run's first and last step, with what the verifiers said. */
final class RolloutCards {
  private RolloutCards() {}

  static void write(HtmlPage page, List<ReportedRun> runs) throws IOException {
    page.heading("rollouts", "Rollouts");
    page.add(
        Html.of(
            "p",
            "The first rollout of the first step, and the first, the best and the worst of the last.",
            TraceMarkup.LEGEND));
    for (ReportedRun run : runs) {
      TraceMarkup markup = new TraceMarkup(Judges.languageOf(RunCurves.languageOf(run.recipe())));
      List<RolloutTrace> chosen = chosen(run);
      page.add(Html.of("h3", run.name()));
      page.add(Html.of("div.traces", chosen.stream().map(one -> card(one, markup)).toList()));
      if (chosen.isEmpty()) {
        page.text("No rollouts: nothing was trained by reinforcement learning, or none were kept.");
      }
    }
  }

  private static List<RolloutTrace> chosen(ReportedRun run) throws IOException {
    List<RolloutTrace> chosen = new ArrayList<>();
    List<RolloutTrace> last = List.of();
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
    chosen.addAll(ToRead.of(last, RolloutTrace::reward));
    return chosen.stream().distinct().toList();
  }

  private static Html card(RolloutTrace rollout, TraceMarkup markup) {
    boolean right = rollout.verdicts().keySet().stream().limit(1).anyMatch(rollout::isCorrect);
    String what =
        String.format(Locale.ROOT, "step %d, reward %.2f", rollout.step(), rollout.reward());
    return Html.of(
            "section.panel trace " + (right ? "right" : "wrong"),
            Html.of("strong", what),
            " ",
            Html.of(
                "span.soft",
                "gold " + rollout.gold() + ", " + rollout.tokens() + " tokens",
                rollout.truncated() ? ", cut off" : ""),
            TraceMarkup.verdicts(rollout.verdicts()),
            Html.of("pre", rollout.prompt()),
            Html.of("div.said", markup.html(rollout.completion().strip())))
        .with("aria-label", what);
  }
}
