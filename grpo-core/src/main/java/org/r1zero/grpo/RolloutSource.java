package org.r1zero.grpo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.r1zero.grpo.model.PolicyModel;

/** Where the trainer gets scored rollouts from. */
public interface RolloutSource {

  /**
   * Samples and scores the rollouts of a step with the newest weights.
   *
   * @param step counts from 0
   * @param policyVersion optimizer updates that those weights have seen
   */
  RolloutBatch collect(long step, long policyVersion);

  /**
   * Takes new weights: called after the updates of a step, before the next rollouts.
   *
   * @param version optimizer updates so far
   * @param policy holds the new weights, not to be changed
   */
  default void policyUpdated(long version, PolicyModel policy) {}

  /**
   * What the next {@link #collect} depends on besides the step and the weights: rollouts begun, a
   * position in data that is not a function of the step. Empty where there is nothing.
   */
  default ObjectNode state() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** Goes on from what {@link #state} returned, in another process. */
  default void restore(ObjectNode state) {}
}
