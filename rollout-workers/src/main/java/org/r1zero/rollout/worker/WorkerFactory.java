package org.r1zero.rollout.worker;

/** Makes workers. */
@FunctionalInterface
interface WorkerFactory {

  /**
   * Starts a worker.
   *
   * @param number counts from 1 and is never used twice
   * @throws WorkerLostException if it did not come up
   */
  RolloutWorker start(int number) throws WorkerLostException;
}
