package org.r1zero.experiment.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.compare.ArmResult;
import org.r1zero.experiment.compare.ArmRun;
import org.r1zero.experiment.compare.CompareConfig;
import org.r1zero.experiment.compare.ComparisonJson;
import org.r1zero.experiment.evaluate.EvaluatedSample;
import org.r1zero.experiment.evaluate.Evaluation;

/**
 * Runs' evaluations before and after training. Those over the same problems are held against each
 * other; others, as of runs with other seeds, can't be.
 */
final class RunEvaluations {
  private final Map<Map<String, String>, List<ArmResult>> groups = new LinkedHashMap<>();

  RunEvaluations(List<ReportedRun> runs) {
    for (ReportedRun run : runs) {
      add(run, "before", "", run.before());
      add(run, "after", run.folder().toString(), run.after());
    }
  }

  private void add(ReportedRun run, String when, String recipe, @Nullable Evaluation evaluation) {
    if (evaluation == null) {
      return;
    }
    Map<String, String> problems = new TreeMap<>();
    for (EvaluatedSample one : evaluation.completions()) {
      problems.put(one.trace().problem(), one.trace().gold() + "\n" + one.trace().prompt());
    }
    ArmRun made = new ArmRun("", "done", "", List.of(), "", List.of());
    ArmResult.SeedResult seed =
        new ArmResult.SeedResult(run.recipe().path("seed").asLong(), made, evaluation);
    // the base is the run's own, whatever other runs start from
    groups
        .computeIfAbsent(problems, p -> new ArrayList<>())
        .add(
            new ArmResult(
                run.name() + ", " + when, recipe, "", run.name(), List.of(seed), List.of()));
  }

  /** Puts each group's numbers below {@code evaluations}, in the form of a comparison's. */
  void write(ObjectNode data) {
    data.putArray("evaluations");
    for (List<ArmResult> arms : groups.values()) {
      long seed = arms.get(0).seeds().get(0).seed();
      CompareConfig defaults = CompareConfig.defaults();
      CompareConfig config =
          new CompareConfig(
              "runs",
              defaults.arms(),
              List.of(Long.toString(seed)),
              defaults.shared(),
              true,
              seed,
              defaults.output(),
              defaults.price());
      ObjectNode group = new ComparisonJson(config, arms).write();
      for (JsonNode arm : group.path("arms")) {
        ((ObjectNode) arm).remove(List.of("cost", "yaml", "failures"));
      }
      data.withArray("/evaluations").add(group);
    }
  }

  void html(HtmlPage page, JsonNode data) {
    page.heading("results", "Evaluation");
    if (groups.isEmpty()) {
      page.text("These runs were not evaluated on held-out problems; r1zero eval RUN does that.");
      return;
    }
    int number = 0;
    for (JsonNode group : data.path("evaluations")) {
      ComparisonFindings.headline(page, group);
      page.text(setting(group));
      List<List<String>> rows = new ArrayList<>();
      for (JsonNode arm : group.path("arms")) {
        List<String> row = new ArrayList<>();
        row(group, arm, "\n").forEach(cell -> row.add(cell(cell)));
        rows.add(row);
      }
      page.table("Before and after training, with 95 % intervals over problems", head(group), rows);
      List<JsonNode> findings = new ArrayList<>();
      group.path("differences").forEach(d -> add(findings, d));
      ComparisonFindings.list(page, findings);
      page.raw("<div class=\"grid\">");
      page.chart(
          "chart-evaluation-" + number,
          "Accuracy and readability",
          "Readable: in one language, not repetitive, not cut off. The table has intervals.");
      page.chart("chart-wrong-" + number++, "Failure modes", "Lower is better.");
      page.raw("</div>");
    }
  }

  /** Answers beside each other; nothing where nothing was evaluated. */
  void traces(HtmlPage page, int count, String language) {
    if (!groups.isEmpty()) {
      SideBySide.write(page, groups.values(), count, language);
    }
  }

  private static void add(List<JsonNode> findings, JsonNode difference) {
    if (difference.path("finding").asBoolean()) {
      findings.add(difference);
    }
  }

  private static String cell(String text) {
    int line = text.indexOf('\n');
    return line < 0
        ? TraceMarkup.escape(text)
        : TraceMarkup.escape(text.substring(0, line))
            + "<small>"
            + TraceMarkup.escape(text.substring(line + 1))
            + "</small>";
  }

  /** What was measured on what. */
  static String setting(JsonNode group) {
    return String.format(
        Locale.ROOT,
        "%d held-out problems, one greedy and %d sampled answers to each. Intervals are 95 %%,"
            + " over problems; each is of one training, so they say nothing of the noise between"
            + " trainings.",
        group.path("problems").asInt(),
        group.path("samples").asInt());
  }

  static List<String> head(JsonNode group) {
    List<String> head = new ArrayList<>(List.of("model"));
    group.path("measures").forEach(measure -> head.add(measure.path("label").asText()));
    return head;
  }

  /** A model's means with their intervals, under {@link #head}. */
  static List<String> row(JsonNode group, JsonNode arm, String before) {
    List<String> row = new ArrayList<>(List.of(arm.path("name").asText()));
    for (JsonNode measure : group.path("measures")) {
      JsonNode value = arm.path(measure.path("id").asText());
      boolean share = measure.path("share").asBoolean();
      row.add(
          HtmlPage.number(value.path("mean"), share)
              + before
              + HtmlPage.interval(value.path("ci_problems"), share));
    }
    return row;
  }
}
