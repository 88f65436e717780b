package org.r1zero.coldstart.curate;

import java.util.Arrays;
import java.util.Random;

/**
 * MinHash (Broder 1997) over runs of words: of two texts' signatures, the share of equal places
 * estimates the Jaccard similarity of their runs. Texts that share a band are likely to be alike
 * (locality-sensitive hashing; Leskovec et al., Mining of Massive Datasets, chapter 3).
 */
public final class MinHash {
  private static final int HASHES = 128;

  /** 32 bands of 4: a pair of similarity 0.7 is looked at with a chance of 0.9998. */
  private static final int ROWS = 4;

  private static final int SHINGLE = 3;
  private final long[] multipliers = new long[HASHES];
  private final long[] offsets = new long[HASHES];

  /**
   * Draws the hash functions.
   *
   * @param seed of the draws
   */
  public MinHash(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < HASHES; i++) {
      multipliers[i] = random.nextLong() | 1;
      offsets[i] = random.nextLong();
    }
  }

  /** A text's signature, {@code [128]}. */
  public int[] signature(String text) {
    int[] least = new int[HASHES];
    Arrays.fill(least, Integer.MAX_VALUE);
    for (String gram : WordGrams.of(text, SHINGLE)) {
      long base = hash(gram);
      for (int i = 0; i < HASHES; i++) {
        int hash = (int) ((base * multipliers[i] + offsets[i]) >>> 33);
        least[i] = Math.min(least[i], hash);
      }
    }
    return least;
  }

  /** A signature's bands, {@code [32]}: each by its place and its values. */
  public static long[] bands(int[] signature) {
    long[] bands = new long[HASHES / ROWS];
    for (int b = 0; b < bands.length; b++) {
      int key = Arrays.hashCode(Arrays.copyOfRange(signature, b * ROWS, (b + 1) * ROWS));
      bands[b] = ((long) b << 32) | (key & 0xffff_ffffL);
    }
    return bands;
  }

  /** The share of equal places of two signatures, in [0, 1]. */
  public static double similarity(int[] first, int[] second) {
    int same = 0;
    for (int i = 0; i < first.length; i++) {
      same += first[i] == second[i] ? 1 : 0;
    }
    return same / (double) first.length;
  }

  /** 64 bits of a text; String.hashCode has 32 and collides on short texts. */
  static long hash(String text) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    hash ^= hash >>> 29;
    hash *= 0xbf58476d1ce4e5b9L;
    return hash ^ (hash >>> 32);
  }
}
