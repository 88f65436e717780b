package org.r1zero.rollout.worker;

import java.time.Duration;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.rollout.generation.SamplingListener;

/** One generator, wherever it is. One thread runs units on it; any may destroy it. */
interface RolloutWorker {

  /**
   * Samples a unit.
   *
   * @param listener is called on the thread that runs the unit, with indices within the unit; once
   *     per completion
   * @throws WorkerLostException if the worker died or hangs: it is of no use any more
   * @throws SamplingCancelledException if the listener threw it: what it was at has ended then
   */
  void run(WorkUnit unit, SamplingConfig config, Weights weights, SamplingListener listener)
      throws WorkerLostException;

  /**
   * Says that nothing is to be sampled for a while, such as during training: what can be made again
   * from the weights need not be kept. A later unit may come at any time.
   */
  default void rest() {}

  /** Ends it at once, from any thread; a unit that is under way is lost. Again does nothing. */
  void destroy();

  /**
   * Waits until nothing of a destroyed worker runs any more.
   *
   * @return whether that came about in time
   */
  boolean awaitEnd(Duration limit) throws InterruptedException;
}
