package org.r1zero.experiment.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.compare.ArmResult;
import org.r1zero.experiment.compare.ArmRun;
import org.r1zero.experiment.compare.CompareConfig;
import org.r1zero.experiment.compare.Compared;
import org.r1zero.experiment.compare.Comparing;
import org.r1zero.experiment.evaluate.EvaluatedSample;
import org.r1zero.experiment.evaluate.Evaluation;
import org.r1zero.experiment.metrics.JsonFiles;

/**
 * Runs' evaluations before and after training. Those over the same problems are held against each
 * other; others, as of runs with other seeds, can't be.
 */
final class RunEvaluations {
  private final Map<Map<String, String>, List<ArmResult>> groups = new LinkedHashMap<>();
  private final List<Compared> compared;

  RunEvaluations(List<ReportedRun> runs) {
    for (ReportedRun run : runs) {
      add(run, "before", "", run.before());
      add(run, "after", run.folder().toString(), run.after());
    }
    this.compared = groups.values().stream().map(RunEvaluations::compare).toList();
  }

  private static Compared compare(List<ArmResult> arms) {
    long seed = arms.get(0).seeds().get(0).seed();
    return new Comparing(CompareConfig.Price.defaults(), seed, arms)
        .compare("runs", List.of(seed), null);
  }

  /** Each group's numbers, in the form of a comparison's. */
  List<Compared> compared() {
    return compared;
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
    ArmResult.SeedResult seed = new ArmResult.SeedResult(run.seed(), made, evaluation);
    // the base is the run's own, whatever other runs start from
    groups
        .computeIfAbsent(problems, p -> new ArrayList<>())
        .add(
            new ArmResult(
                run.name() + ", " + when, recipe, "", run.name(), List.of(seed), List.of()));
  }

  /** Puts each group's numbers below {@code evaluations}. */
  void write(ObjectNode data) {
    ArrayNode all = data.putArray("evaluations");
    for (Compared group : compared) {
      ObjectNode node = JsonFiles.tree(group);
      for (JsonNode arm : node.path("arms")) {
        ((ObjectNode) arm).remove(List.of("cost", "yaml", "failures"));
      }
      all.add(node);
    }
  }

  void html(HtmlPage page) {
    page.heading("results", "Evaluation");
    if (groups.isEmpty()) {
      page.text("These runs were not evaluated on held-out problems; r1zero eval RUN does that.");
      return;
    }
    int number = 0;
    for (Compared group : compared) {
      ComparisonFindings.headline(page, group);
      page.text(setting(group));
      List<List<Html>> rows =
          group.arms().stream()
              .map(arm -> row(group, arm, "\n").stream().map(RunEvaluations::cell).toList())
              .toList();
      page.add(
          HtmlPage.table(
              "Before and after training, with 95 % intervals over problems", head(group), rows));
      ComparisonFindings.list(page, group.findings());
      page.grid(
          page.chart(
              "chart-evaluation-" + number,
              "Accuracy and readability",
              "Readable: in one language, not repetitive, not cut off. The table has intervals."),
          page.chart("chart-wrong-" + number++, "Failure modes", "Lower is better."));
    }
  }

  /** Answers beside each other; nothing where nothing was evaluated. */
  void traces(HtmlPage page, int count, String language) {
    if (!groups.isEmpty()) {
      SideBySide.write(page, groups.values(), count, language);
    }
  }

  private static Html cell(String text) {
    int line = text.indexOf('\n');
    return line < 0
        ? Html.all(text)
        : Html.all(text.substring(0, line), Html.of("small", text.substring(line + 1)));
  }

  /** What was measured on what. */
  static String setting(Compared group) {
    return String.format(
        Locale.ROOT,
        "%d held-out problems, one greedy and %d sampled answers to each. Intervals are 95 %%,"
            + " over problems; each is of one training, so they say nothing of the noise between"
            + " trainings.",
        group.problems(),
        group.samples());
  }

  static List<String> head(Compared group) {
    List<String> head = new ArrayList<>(List.of("model"));
    group.measures().forEach(measure -> head.add(measure.label()));
    return head;
  }

  /** A model's means with their intervals, under {@link #head}. */
  static List<String> row(Compared group, Compared.Arm arm, String before) {
    List<String> row = new ArrayList<>(List.of(arm.name()));
    for (Compared.MeasureLabel measure : group.measures()) {
      Compared.Value value = Objects.requireNonNull(arm.value(measure), "these are measured");
      row.add(
          HtmlPage.number(value.mean(), measure.share())
              + before
              + HtmlPage.interval(value.ciProblems(), measure.share()));
    }
    return row;
  }
}
