package org.r1zero.experiment.pipeline;

/** How a stage ended. */
public enum StageStatus {
  /** It is being run: what the pipeline says until the stage ends. */
  RUNNING,
  /** It was run. */
  DONE,
  /** Its inputs did not change: what an earlier run made was taken. */
  CACHED,
  /** It was tried and failed. */
  FAILED
}
