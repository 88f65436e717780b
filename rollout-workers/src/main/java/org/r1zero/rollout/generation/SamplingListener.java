package org.r1zero.rollout.generation;

/**
 * Follows a call that samples: the one way by which completions come back, from a generator's lanes
 * to a pool of workers. Called by one thread at a time, on a sampling thread, which waits for it;
 * what it throws ends the call and reaches the caller.
 */
@FunctionalInterface
public interface SamplingListener {

  /** How far the call is: after each decoding step, or several times per second. */
  void status(SamplingStatus status);

  /** What is sampled for, for people to read, such as {@code step 12}. */
  default String purpose() {
    return "completions";
  }

  /**
   * Called once per completion, as soon as it is finished, even where its worker dies later and
   * another one samples the rest again.
   *
   * @param request the index of its request
   * @param sample which of its request's completions
   */
  default void finished(int request, int sample, Generation generation) {}

  /**
   * Called after each decoding step of a generator.
   *
   * @param tokens that were read at once: the newest of each running sequence, and drafts
   * @param lanes that decode side by side, each in steps of its own
   */
  default void step(int tokens, int lanes) {}
}
