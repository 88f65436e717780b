package org.r1zero.experiment.pipeline;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The tries of a stage.
 *
 * @param count all of them
 * @param broken those that failed, were stopped or were killed
 * @param brokenSeconds what those took, up to the last that they wrote down
 */
public record StageTries(
    @JsonProperty("tries") int count,
    @JsonProperty("broken_tries") int broken,
    double brokenSeconds) {
  /** None yet. */
  static final StageTries NONE = new StageTries(0, 0, 0);
}
