package org.r1zero.experiment.cli;

import java.util.Locale;
import org.r1zero.experiment.metrics.JsonFiles;
import org.r1zero.experiment.pipeline.PipelineResult;
import org.r1zero.experiment.pipeline.StageResult;

/** What a pipeline came to. */
final class PipelineReport {
  private PipelineReport() {}

  static void print(PipelineResult result, boolean json) {
    System.err.printf(
        "%n%-16s %-18s %-7s %9s %12s %12s%n",
        "stage", "kind", "status", "seconds", "sampled", "trained");
    for (StageResult stage : result.stages()) {
      System.err.printf(
          Locale.ROOT,
          "%-16s %-18s %-7s %9.1f %12d %12d%n",
          stage.name(),
          stage.kind(),
          stage.status().word(),
          stage.cost().seconds(),
          stage.cost().sampledTokens(),
          stage.cost().trainedTokens());
    }
    System.err.printf("%nmodel %s%nrun directory %s%n", result.model(), result.directory());
    if (json) {
      System.out.println(JsonFiles.tree(result));
    }
  }
}
