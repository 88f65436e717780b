package org.r1zero.rollout.worker;

import org.r1zero.rollout.generation.Generation;

/** Hears of a call's progress, on the workers' threads, one call at a time. */
public interface SamplingListener {

  /** How far the call is; several times a second at most where it matters to nobody else. */
  void status(SamplingStatus status);

  /**
   * Called once for each completion as soon as it is finished, even where its worker dies later and
   * another samples its unit again.
   *
   * @param unit the index of its unit
   * @param request the index of its request within the unit
   * @param sample which of its request's completions
   */
  default void finished(int unit, int request, int sample, Generation generation) {}
}
