package org.r1zero.experiment.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.r1zero.experiment.metrics.JsonFiles;

/**
 * Writes {@code report.html} and {@code report.md} of one or several runs, without a comparison:
 * what the runs' own files say.
 */
public final class RunsReport {
  private static final int SIDE_BY_SIDE = 4;
  private final List<ReportedRun> runs;
  private final List<RunCurves.Curves> curves = new ArrayList<>();
  private final RunEvaluations evaluations;

  private RunsReport(List<ReportedRun> runs) throws IOException {
    this.runs = runs;
    for (ReportedRun run : runs) {
      curves.add(new RunCurves(run.recipe()).read(run.metrics()));
    }
    this.evaluations = new RunEvaluations(runs);
  }

  /**
   * Writes both.
   *
   * @param folders of runs or pipelines
   * @param target where the report goes; made if missing
   * @return all numbers, with the field {@code report}
   * @throws org.r1zero.experiment.config.ConfigException if a folder has no run
   */
  public static ObjectNode write(List<Path> folders, Path target) throws IOException {
    List<ReportedRun> runs = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Path folder : folders) {
      ReportedRun run = ReportedRun.read(folder);
      runs.add(names.add(run.name()) ? run : run.named(folder.toString()));
    }
    RunsReport report = new RunsReport(runs);
    ObjectNode data = report.data();
    Files.createDirectories(target);
    Path page = target.resolve("report.html");
    data.put("report", page.toString());
    HtmlPage.save(page, report.html(data));
    HtmlPage.save(
        target.resolve("report.md"),
        RunsMarkdown.write(runs, report.curves, report.evaluations.compared()));
    return data;
  }

  /** In the form that report.js draws: every run is an arm with one seed's curves. */
  private ObjectNode data() throws IOException {
    ObjectNode data = JsonNodeFactory.instance.objectNode();
    ArrayNode arms = data.putArray("arms");
    for (int i = 0; i < runs.size(); i++) {
      ReportedRun run = runs.get(i);
      RunCurves.Curves read = curves.get(i);
      ObjectNode arm = arms.addObject().put("name", run.name());
      arm.put("measured", true).put("kind", run.kind()).put("status", run.status());
      arm.put("model", run.model()).put("seed", run.seed());
      ObjectNode curve = arm.putArray("curves").addObject().put("seed", run.seed());
      curve.set("points", CurveStep.points(read.steps()));
      arm.set("bands", CurveBands.of(List.of(read.steps())));
      arm.putArray("supervised").add(read.supervised());
      arm.putArray("held_out").add(read.heldOut());
      arm.set("stages", JsonFiles.node(run.stages()));
    }
    evaluations.write(data);
    return data;
  }

  private String html(ObjectNode data) throws IOException {
    String title = runs.size() == 1 ? "Run: " + runs.get(0).name() : runs.size() + " runs";
    HtmlPage page = new HtmlPage(title, "");
    runs(page);
    evaluations.html(page);
    learning(page, data);
    evaluations.traces(page, SIDE_BY_SIDE, RunCurves.languageOf(runs.get(0).recipe()));
    RolloutCards.write(page, runs);
    RecipeDifferences.write(page, runs.stream().map(ReportedRun::source).toList());
    return page.write(
        data, "report.js", "Written by r1zero; docs/evaluation.md defines the metrics.");
  }

  private void runs(HtmlPage page) {
    page.heading("runs", "Runs");
    List<List<String>> rows = new ArrayList<>();
    List<List<String>> stages = new ArrayList<>();
    for (int i = 0; i < runs.size(); i++) {
      ReportedRun run = runs.get(i);
      rows.add(RunsMarkdown.row(run, curves.get(i).steps()));
      run.stages().forEach(stage -> stages.add(RunsMarkdown.stage(run, stage)));
    }
    page.add(HtmlPage.table("What was run", RunsMarkdown.HEAD, rows));
    if (!stages.isEmpty()) {
      page.add(Html.of("p"));
      page.add(
          HtmlPage.table(
              "Stages of pipelines, with all their tries", RunsMarkdown.STAGE_HEAD, stages));
    }
  }

  private static void learning(HtmlPage page, JsonNode data) {
    page.heading("learning", "Learning curves");
    page.text(
        "Steps of reinforcement learning, those of several stages one after another. "
            + RunCurves.BANDS);
    RunCurves.charts(page, "runs", data);
  }
}
