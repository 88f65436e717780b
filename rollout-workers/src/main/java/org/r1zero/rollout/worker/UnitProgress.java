package org.r1zero.rollout.worker;

/**
 * How far a unit is.
 *
 * @param finished sequences that are complete
 * @param running sequences that are being decoded
 * @param tokens sampled so far
 * @param cacheUsed bytes of keys and values in rows of running sequences
 * @param cacheHeld bytes of all rows that the unit's worker holds
 */
record UnitProgress(int finished, int running, long tokens, long cacheUsed, long cacheHeld) {
  static final UnitProgress NONE = new UnitProgress(0, 0, 0, 0, 0);
}
