package org.r1zero.experiment.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;

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
  static List<String> row(JsonNode arm) {
    JsonNode points = arm.at("/curves/0/points");
    JsonNode last = points.path(points.size() - 1);
    return List.of(
        arm.path("name").asText(),
        arm.path("kind").asText(),
        arm.path("status").asText(),
        arm.path("model").asText(),
        arm.path("seed").asText(),
        Integer.toString(points.size()),
        last.has("accuracy") ? HtmlPage.number(last.path("accuracy"), true) : "–",
        last.has("reward")
            ? String.format(Locale.ROOT, "%.3f", last.path("reward").asDouble())
            : "–");
  }

  /** A stage of a pipeline, under {@link #STAGE_HEAD}. */
  static List<String> stage(JsonNode arm, JsonNode stage) {
    JsonNode cost = stage.path("cost");
    return List.of(
        arm.path("name").asText(),
        stage.path("name").asText(),
        stage.path("kind").asText(),
        stage.path("status").asText(),
        String.format(Locale.ROOT, "%.0f s", cost.path("seconds").asDouble()),
        String.format(Locale.ROOT, "%,d", cost.path("sampled_tokens").asLong()),
        String.format(Locale.ROOT, "%,d", cost.path("trained_tokens").asLong()),
        String.format(Locale.ROOT, "%.2e", cost.path("flops").asDouble()));
  }

  static String write(JsonNode data, List<ReportedRun> runs) {
    StringBuilder text = new StringBuilder("# Report\n\n");
    head(text, HEAD);
    data.path("arms").forEach(arm -> line(text, row(arm)));
    boolean stages = runs.stream().anyMatch(run -> !run.stages().isEmpty());
    if (stages) {
      text.append("\n## Stages\n\n");
      head(text, STAGE_HEAD);
      for (JsonNode arm : data.path("arms")) {
        arm.path("stages").forEach(stage -> line(text, stage(arm, stage)));
      }
    }
    for (JsonNode group : data.path("evaluations")) {
      text.append("\n## Evaluation: ").append(RunEvaluations.setting(group)).append("\n\n");
      ComparisonMarkdown.headline(text, group);
      head(text, RunEvaluations.head(group));
      for (JsonNode arm : group.path("arms")) {
        line(text, RunEvaluations.row(group, arm, " "));
      }
      text.append('\n');
      for (JsonNode difference : group.path("differences")) {
        if (difference.path("finding").asBoolean()) {
          text.append("- ").append(ComparisonMarkdown.plain(difference.path("text").asText()));
          text.append('\n');
        }
      }
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
