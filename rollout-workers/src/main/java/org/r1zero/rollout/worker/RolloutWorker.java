package org.r1zero.rollout.worker;

import java.time.Duration;
import java.util.List;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.generation.SamplingConfig;

/** One generator, wherever it is. One thread runs units on it; any may destroy it. */
interface RolloutWorker {

  /** Hears of one unit, on the thread that runs it. */
  interface UnitListener {
    /** How far the unit is. */
    void progress(UnitProgress progress);

    /** A completion is finished. */
    void finished(int request, int sample, Generation generation);
  }

  /**
   * Samples a unit.
   *
   * @return for each request its completions
   * @throws WorkerLostException if the worker died or hangs: it is of no use any more
   * @throws SamplingCancelledException if the listener threw it: what it was at has ended then
   */
  List<List<Generation>> run(
      WorkUnit unit, SamplingConfig config, Weights weights, UnitListener listener)
      throws WorkerLostException;

  /**
   * Says that nothing is to be sampled for a while, such as during training: what can be made again
   * from the weights need not be kept. A later unit may come at any time.
   */
  default void rest() {}

  /** Ends it at once; a unit that is under way is lost. */
  void destroy();

  /**
   * Waits until nothing of a destroyed worker runs any more.
   *
   * @return whether that came about in time
   */
  boolean awaitEnd(Duration limit) throws InterruptedException;
}
