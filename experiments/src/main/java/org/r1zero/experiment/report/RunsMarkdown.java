package org.r1zero.experiment.report;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.r1zero.experiment.compare.Compared;
import org.r1zero.experiment.pipeline.StageResult;

/** A report of runs as Markdown. */
final class RunsMarkdown {
  static final List<String> HEAD =
      List.of("run", "kind", "status", "base", "seed", "RL steps", "last accuracy", "last reward");
  static final List<String> STAGE_HEAD =
      List.of(
          "run",
          "stage",
          "kind",
          "status",
          "wall time",
          "sampled tokens",
          "trained tokens",
          "FLOPs");

  private RunsMarkdown() {}

  /** A run in short, under {@link #HEAD}. */
  static List<String> row(ReportedRun run, List<CurveStep> steps) {
    Map<String, Double> last = steps.isEmpty() ? Map.of() : steps.get(steps.size() - 1).values();
    Double accuracy = last.get("accuracy");
    Double reward = last.get("reward");
    return List.of(
        run.name(),
        run.kind(),
        run.status(),
        run.model(),
        Long.toString(run.seed()),
        Integer.toString(steps.size()),
        accuracy == null ? "–" : HtmlPage.number(accuracy, true),
        reward == null ? "–" : String.format(Locale.ROOT, "%.3f", reward));
  }

  /** A stage of a pipeline, under {@link #STAGE_HEAD}. */
  static List<String> stage(ReportedRun run, StageResult stage) {
    return List.of(
        run.name(),
        stage.name(),
        stage.kind(),
        stage.status().word(),
        String.format(Locale.ROOT, "%.0f s", stage.cost().seconds()),
        String.format(Locale.ROOT, "%,d", stage.cost().sampledTokens()),
        String.format(Locale.ROOT, "%,d", stage.cost().trainedTokens()),
        String.format(Locale.ROOT, "%.2e", stage.cost().flops()));
  }

  /**
   * The whole report.
   *
   * @param curves of each run
   * @param evaluations the groups of models that were measured on the same problems
   */
  static String write(
      List<ReportedRun> runs, List<RunCurves.Curves> curves, List<Compared> evaluations) {
    StringBuilder text = new StringBuilder("# Report\n\n");
    head(text, HEAD);
    for (int i = 0; i < runs.size(); i++) {
      line(text, row(runs.get(i), curves.get(i).steps()));
    }
    if (runs.stream().anyMatch(run -> !run.stages().isEmpty())) {
      text.append("\n## Stages\n\n");
      head(text, STAGE_HEAD);
      for (ReportedRun run : runs) {
        run.stages().forEach(stage -> line(text, stage(run, stage)));
      }
    }
    for (Compared group : evaluations) {
      text.append("\n## Evaluation: ").append(RunEvaluations.setting(group)).append("\n\n");
      ComparisonMarkdown.headline(text, group);
      head(text, RunEvaluations.head(group));
      group.arms().forEach(arm -> line(text, RunEvaluations.row(group, arm, " ")));
      text.append('\n');
      ComparisonMarkdown.findings(text, group.findings());
    }
    for (ReportedRun run : runs.subList(1, runs.size())) {
      text.append("\n## Recipe of ").append(ComparisonMarkdown.plain(run.name()));
      text.append(", against ")
          .append(ComparisonMarkdown.plain(runs.get(0).name()))
          .append("\n\n```diff\n");
      RecipeDifferences.Named first = runs.get(0).source();
      RecipeDifferences.Named own = run.source();
      RecipeDifferences.between(first, own).forEach(line -> text.append(line).append('\n'));
      text.append("```\n");
    }
    return text.toString();
  }

  private static void head(StringBuilder text, List<String> cells) {
    line(text, cells);
    text.append("| --- |").append(" --- |".repeat(cells.size() - 1)).append('\n');
  }

  private static void line(StringBuilder text, List<String> cells) {
    text.append('|');
    for (String cell : cells) {
      text.append(' ').append(ComparisonMarkdown.plain(cell)).append(" |");
    }
    text.append('\n');
  }
}
