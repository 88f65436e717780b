package org.r1zero.rollout.worker;

import org.r1zero.grpo.model.PolicyModel;

/** Where published weights lie, for all workers of a pool. */
interface WeightStore extends AutoCloseable {

  /** How many versions it can hold at once. */
  int slots();

  /** Puts a policy's weights into a slot that nobody reads. */
  void write(int slot, long version, PolicyModel policy);

  @Override
  void close();
}
