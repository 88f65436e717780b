package org.r1zero.experiment.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.report.RunsReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a report of runs. */
@Command(
    name = "report",
    description = {
      "Writes report.html and report.md of runs and pipelines as their folders are: curves, lengths,"
          + " language mixing, evaluation before and after, rollouts with verdicts, recipes.",
      "Nothing is trained or sampled; r1zero compare holds ways of training against each other."
    },
    mixinStandardHelpOptions = true)
final class ReportCommand implements Callable<Integer> {
  @Parameters(
      arity = "1..*",
      paramLabel = "RUN",
      description = "Folders of runs (recipe.yaml, metrics.jsonl) or pipelines (pipeline.json).")
  private List<Path> runs = List.of();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where the report goes (default: the first RUN).")
  private @Nullable Path folder;

  @Mixin private CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws Exception {
    if (folder != null) {
      Places.requireFolder("--out", folder);
    }
    ObjectNode numbers = RunsReport.write(runs, folder == null ? runs.get(0) : folder);
    System.err.println("report " + numbers.path("report").asText());
    if (common.json) {
      System.out.println(numbers);
    }
    return 0;
  }
}
