package org.r1zero.rollout.worker;

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
