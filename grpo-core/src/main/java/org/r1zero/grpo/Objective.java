package org.r1zero.grpo;

import java.util.function.Consumer;
import org.r1zero.grpo.data.MicroBatch;
import org.r1zero.grpo.loss.UpdateSize;
import org.r1zero.grpo.model.PolicyModel;

/** What {@link UpdateLoop} minimises. */
public sealed interface Objective permits PolicyObjective, CrossEntropy, ReverseKl {

  /**
   * Adds the gradient of a part of an update to the gradients of the policy's parameters.
   *
   * @param update the size of the whole update, by which the part's share is weighed
   * @return reports the part's loss, and what else there is, once the whole update is computed
   */
  Consumer<StepMetrics> accumulate(PolicyModel policy, MicroBatch part, UpdateSize update);

  /**
   * Called after an update.
   *
   * @param updates optimizer updates so far, this one included
   */
  default void updated(long updates, PolicyModel policy, StepMetrics metrics) {}
}
