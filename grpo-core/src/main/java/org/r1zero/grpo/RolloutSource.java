package org.r1zero.grpo;

/** Where the trainer gets scored rollouts from. */
public interface RolloutSource {

  /**
   * Samples and scores the rollouts of a step with the newest weights.
   *
   * @param step counts from 0
   * @param policyVersion optimizer updates that those weights have seen
   */
  RolloutBatch collect(long step, long policyVersion);
}
