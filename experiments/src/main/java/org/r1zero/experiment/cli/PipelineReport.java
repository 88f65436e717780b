package org.r1zero.experiment.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Locale;
import org.r1zero.experiment.pipeline.PipelineResult;
import org.r1zero.experiment.pipeline.StageResult;

/** What a pipeline came to. */
final class PipelineReport {
  private static final ObjectMapper JSON = new ObjectMapper();

  private PipelineReport() {}

  static void print(PipelineResult result, boolean json) throws IOException {
    System.err.printf(
        "%n%-16s %-18s %-7s %9s %12s %12s%n",
        "stage", "kind", "status", "seconds", "sampled", "trained");
    for (StageResult stage : result.stages()) {
      System.err.printf(
          Locale.ROOT,
          "%-16s %-18s %-7s %9.1f %12d %12d%n",
          stage.name(),
          stage.kind(),
          stage.status().name().toLowerCase(Locale.ROOT),
          stage.cost().seconds(),
          stage.cost().sampledTokens(),
          stage.cost().trainedTokens());
    }
    System.err.printf("%nmodel %s%nrun directory %s%n", result.model(), result.directory());
    if (json) {
      System.out.println(
          JSON.writeValueAsString(
              JSON.readTree(result.directory().resolve("pipeline.json").toFile())));
    }
  }
}
