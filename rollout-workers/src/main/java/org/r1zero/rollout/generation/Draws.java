package org.r1zero.rollout.generation;

/**
 * Random numbers that depend on a seed and a position only: draw {@code t} of a sequence is the
 * same whatever else is sampled beside it.
 *
 * <p>The mix is that of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
 */
public final class Draws {
  private static final long GAMMA = 0x9E3779B97F4A7C15L;

  private Draws() {}

  /** A uniform number in [0, 1) with 24 bits. */
  static float uniform(long seed, int position) {
    return (mix(seed + (position + 1) * GAMMA) >>> 40) * 0x1p-24f;
  }

  /** A seed made of several numbers, such as run seed, step, problem and sample. */
  public static long seed(long... parts) {
    long state = 0;
    for (long part : parts) {
      state = mix(state * 31 + part + GAMMA);
    }
    return state;
  }

  private static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
    return b ^ (b >>> 31);
  }
}
