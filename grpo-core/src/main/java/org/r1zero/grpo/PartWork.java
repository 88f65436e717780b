package org.r1zero.grpo;

import java.io.Serializable;
import org.r1zero.grpo.data.MicroBatch;
import org.r1zero.grpo.model.PolicyModel;

/**
 * What an update has computed of each of its parts: all that its gradient depends on besides the
 * policy and the part. Other processes compute the same where it is serializable as a whole.
 */
@FunctionalInterface
public interface PartWork extends Serializable {

  /** Adds the gradient of a part to the gradients of the policy's parameters. */
  PartReport compute(PolicyModel policy, MicroBatch part);
}
