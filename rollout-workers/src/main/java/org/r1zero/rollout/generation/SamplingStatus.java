package org.r1zero.rollout.generation;

import java.util.Collection;

/**
 * How far the sampling of a call is.
 *
 * @param finished sequences that are complete
 * @param running sequences that are being decoded
 * @param waiting sequences that have not begun
 * @param tokens sampled so far
 * @param cache what their keys and values take
 * @param workers that are alive
 * @param replaced workers that died or hung and were replaced, since the pool was opened
 */
public record SamplingStatus(
    int finished, int running, int waiting, long tokens, Cache cache, int workers, int replaced) {

  /** Of a call of so many sequences that has not begun. */
  public static SamplingStatus waiting(int sequences) {
    return new SamplingStatus(0, 0, sequences, 0, Cache.NONE, 0, 0);
  }

  /**
   * Of a generator or one of its lanes.
   *
   * @param total sequences of the call
   */
  static SamplingStatus of(int total, int finished, int running, long tokens, Cache cache) {
    return new SamplingStatus(finished, running, total - finished - running, tokens, cache, 1, 0);
  }

  /** The status of a call from those of its parts. */
  public static SamplingStatus sum(Collection<SamplingStatus> parts, int workers, int replaced) {
    int finished = 0;
    int running = 0;
    int waiting = 0;
    long tokens = 0;
    long used = 0;
    long held = 0;
    for (SamplingStatus part : parts) {
      finished += part.finished();
      running += part.running();
      waiting += part.waiting();
      tokens += part.tokens();
      used += part.cache().usedBytes();
      held += part.cache().heldBytes();
    }
    Cache cache = new Cache(used, held);
    return new SamplingStatus(finished, running, waiting, tokens, cache, workers, replaced);
  }

  /** The same where so many sequences were finished before this call, as those of a cache. */
  public SamplingStatus after(int finishedBefore) {
    return new SamplingStatus(
        finishedBefore + finished, running, waiting, tokens, cache, workers, replaced);
  }

  /**
   * Memory for keys and values of the workers that are sampling.
   *
   * @param usedBytes in rows of running sequences
   * @param heldBytes in all rows
   */
  public record Cache(long usedBytes, long heldBytes) {
    /** Of nothing. */
    public static final Cache NONE = new Cache(0, 0);

    /** The share that is in use, in [0, 1]; 0 where nothing is held. */
    public double share() {
      return heldBytes == 0 ? 0 : (double) usedBytes / heldBytes;
    }
  }
}
