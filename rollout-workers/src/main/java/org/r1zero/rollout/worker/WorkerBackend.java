package org.r1zero.rollout.worker;

import java.util.function.Consumer;

/**
 * A place where workers are: threads, processes, a cluster. Found by {@link
 * java.util.ServiceLoader}; {@code rollouts.backend} in a recipe names it.
 */
public interface WorkerBackend {

  /** What recipes call it: lower case. */
  String name();

  /**
   * Opens a pool that samples from a policy. Rollouts are the same whichever backend makes them
   * (bit for bit in fp32), so draws and cuts come from the units alone.
   *
   * @param say is notified of each worker that is lost
   * @throws IllegalArgumentException if the options or the policy do not suit this backend; the
   *     message names the recipe's key
   */
  WorkerPool open(PoolOptions options, PoolSource source, Consumer<String> say);
}
