package org.r1zero.experiment.pipeline;

/** How a stage ended. */
public enum StageStatus {
  /** It was run. */
  DONE,
  /** Its inputs did not change: what an earlier run made was taken. */
  CACHED,
  /** It was tried and failed. */
  FAILED
}
