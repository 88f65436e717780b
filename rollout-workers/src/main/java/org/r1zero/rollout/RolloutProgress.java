package org.r1zero.rollout;

import org.r1zero.rollout.generation.SamplingStatus;

/** Hears how far the rollouts of a step are. */
@FunctionalInterface
public interface RolloutProgress {

  /**
   * Called while sampling goes on, on a worker's thread.
   *
   * @param step that will train the rollouts
   * @param status of the round of sampling that is under way
   */
  void sampling(long step, SamplingStatus status);
}
