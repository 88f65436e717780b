package org.r1zero.experiment.pipeline;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a stage came to.
 *
 * @param name from the recipe
 * @param kind such as {@code rl}
 * @param status how it ended
 * @param directory its folder
 * @param model the model that it made, in Hugging Face layout; {@code null} where it makes data, or
 *     failed
 * @param cost of all its tries; of a cached stage: what it took when it was made
 * @param attempts how many there were, and how many came to nothing
 */
public record StageResult(
    String name,
    String kind,
    StageStatus status,
    Path directory,
    @Nullable Path model,
    StageCost cost,
    @JsonUnwrapped StageTries attempts) {

  /** What an older version did not write is empty. */
  public StageResult {
    kind = Objects.requireNonNullElse(kind, "");
    status = Objects.requireNonNullElse(status, StageStatus.RUNNING);
    directory = Objects.requireNonNullElse(directory, Path.of(""));
    cost = Objects.requireNonNullElse(cost, StageCost.NONE);
    attempts = Objects.requireNonNullElse(attempts, StageTries.NONE);
  }
}
