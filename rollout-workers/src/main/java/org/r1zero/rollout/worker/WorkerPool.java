package org.r1zero.rollout.worker;

import java.util.List;
import org.r1zero.grpo.Learners;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.rollout.generation.SamplingListener;

/** Samples completions with several workers, which share the weights that were published last. */
public interface WorkerPool extends AutoCloseable {

  /**
   * Makes a policy's weights those of the sessions that open from now on. One that is open goes on
   * with its own.
   *
   * @param version optimizer updates that the weights have seen
   * @throws IllegalStateException if sessions hold all the room that there is for weights
   */
  void publish(long version, PolicyModel policy);

  /** The version published last. */
  long version();

  /** Begins to sample with the weights published last. */
  Session open();

  /** Calls that sample with the same weights, whatever is published meanwhile. */
  interface Session extends AutoCloseable {

    /** The version of its weights. */
    long version();

    /**
     * Samples all units; one call of the pool at a time.
     *
     * @param listener has each completion once, by its request's index in the whole call; what it
     *     throws ends the call and is thrown here
     * @throws SamplingCancelledException if {@link WorkerPool#cancel} or {@link WorkerPool#close}
     *     ended it
     * @throws WorkerFailureException if workers were lost too often in a row
     * @throws IllegalStateException if the weights give NaN or infinite logits
     */
    void generate(List<WorkUnit> units, SamplingConfig config, SamplingListener listener);

    /** Gives the weights' room free. */
    @Override
    void close();
  }

  /** A session of one call. */
  default void generate(List<WorkUnit> units, SamplingConfig config, SamplingListener listener) {
    try (Session session = open()) {
      session.generate(units, config, listener);
    }
  }

  /**
   * Workers that compute the gradients of updates, too. They have met once when this returns.
   *
   * @param count tasks that share an update; sums depend on it
   * @throws IllegalArgumentException if these workers can't
   * @throws WorkerFailureException if they don't reach each other
   */
  default Learners learners(int count) {
    throw new IllegalArgumentException(
        "rollouts.learners must be 0 where workers are on this machine, was " + count);
  }

  /** Ends the call that is under way, from any thread; the workers stay usable. */
  void cancel();

  /** Workers lost and replaced since the pool was opened. */
  int replaced();

  /** Ends everything, a call that is under way too: within two seconds. */
  @Override
  void close();
}
