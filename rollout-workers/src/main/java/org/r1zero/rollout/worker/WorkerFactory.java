package org.r1zero.rollout.worker;

/** Makes workers. */
@FunctionalInterface
interface WorkerFactory {

  /**
   * Starts a worker.
   *
   * @param place which of the pool's workers it is, from 0; one that replaces another has its place
   * @param number counts from 1 and is never used twice
   * @throws WorkerLostException if it did not come up
   */
  RolloutWorker start(int place, int number) throws WorkerLostException;
}
