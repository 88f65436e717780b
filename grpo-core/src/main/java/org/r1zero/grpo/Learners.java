package org.r1zero.grpo;

import java.util.List;
import org.r1zero.grpo.data.MicroBatch;
import org.r1zero.grpo.model.PolicyModel;

/** Who computes the gradient of an update; the update itself is made by its caller. */
public interface Learners {

  /**
   * Adds the gradient of an update to the gradients of the policy's parameters, which are zero.
   *
   * @param version updates that the policy has seen: it names its weights
   * @param parts of the update; their gradients add up
   * @param work on each part
   * @param discard zeroes the gradients, where parts have to be computed once more
   * @return what was computed, in an order that depends on the parts and on the learners' number
   * @throws IllegalStateException if it can't be computed
   */
  List<PartReport> compute(
      long version, PolicyModel policy, List<MicroBatch> parts, PartWork work, Runnable discard);
}
