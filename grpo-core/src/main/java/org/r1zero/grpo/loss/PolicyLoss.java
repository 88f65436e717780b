package org.r1zero.grpo.loss;

/**
 * An objective of policy optimization, computed with its gradient in double precision: it reads and
 * returns one number a token, so it needs no tensors and no autograd.
 */
public sealed interface PolicyLoss permits ClippedLoss {

  /** Computes the loss of a part of an update. */
  LossOutput compute(LossInputs inputs);

  /** Whether it compares the policy with a reference policy. */
  boolean usesReference();
}
