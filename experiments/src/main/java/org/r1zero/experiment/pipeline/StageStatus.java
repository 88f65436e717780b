package org.r1zero.experiment.pipeline;

import java.util.Locale;

/** How a stage ended. */
public enum StageStatus {
  /** It is being run: what the pipeline says until the stage ends. */
  RUNNING,
  /** It was run. */
  DONE,
  /** Its inputs did not change: what an earlier run made was taken. */
  CACHED,
  /** It was tried and failed. */
  FAILED;

  /** Its name for people: in lower case. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
