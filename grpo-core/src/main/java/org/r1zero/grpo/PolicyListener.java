package org.r1zero.grpo;

import org.r1zero.grpo.model.PolicyModel;

/** Hears of new weights. */
public interface PolicyListener {

  /**
   * Called after the updates of a step, before the next rollouts.
   *
   * @param version optimizer updates so far
   * @param policy holds the new weights, not to be changed
   */
  void policyUpdated(long version, PolicyModel policy);
}
