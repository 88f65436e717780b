package org.r1zero.experiment.pipeline;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.metrics.JsonFiles;

/**
 * What a pipeline came to so far: {@code pipeline.json} in its folder.
 *
 * @param name from its recipe
 * @param seed from its recipe
 * @param directory its folder
 * @param model of the last stage that made one, the recipe's own where none did; {@code null} while
 *     a stage is run, and where one failed
 * @param stages in order; the last may not be at its end
 */
public record PipelineResult(
    String name, long seed, Path directory, @Nullable Path model, List<StageResult> stages) {
  /** The file's name. */
  public static final String FILE = "pipeline.json";

  /** Fixes the list. */
  public PipelineResult {
    stages = List.copyOf(Objects.requireNonNullElse(stages, List.of()));
  }

  /** All stages together. */
  @JsonProperty("cost")
  public StageCost cost() {
    return stages.stream().map(StageResult::cost).reduce(StageCost.NONE, StageCost::plus);
  }

  /** Reads what a pipeline has written into its folder. */
  public static PipelineResult read(Path folder) throws IOException {
    return JsonFiles.read(folder.resolve(FILE), PipelineResult.class);
  }

  void write() throws IOException {
    JsonFiles.write(directory.resolve(FILE), this);
  }
}
