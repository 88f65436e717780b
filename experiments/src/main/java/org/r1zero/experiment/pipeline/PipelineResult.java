package org.r1zero.experiment.pipeline;

import java.nio.file.Path;
import java.util.List;

/**
 * What a pipeline came to: also in its folder's {@code pipeline.json}.
 *
 * @param directory its folder
 * @param stages in order
 * @param model of the last stage that made one; the recipe's own where none did
 */
public record PipelineResult(Path directory, List<StageResult> stages, Path model) {

  /** Fixes the list. */
  public PipelineResult {
    stages = List.copyOf(stages);
  }

  /** All stages together. */
  public StageCost cost() {
    return stages.stream().map(StageResult::cost).reduce(StageCost.NONE, StageCost::plus);
  }
}
