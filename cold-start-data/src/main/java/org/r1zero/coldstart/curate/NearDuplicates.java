package org.r1zero.coldstart.curate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Finds texts nearly equal to earlier ones: MinHash (Broder 1997) over runs of words, with
 * locality-sensitive hashing (Leskovec et al., Mining of Massive Datasets, chapter 3) to look at
 * likely pairs only. Two texts are near-duplicates where the Jaccard similarity of their runs,
 * estimated from 128 hashes, reaches the threshold.
 */
public final class NearDuplicates {
  private static final int HASHES = 128;

  /** 32 bands of 4: a pair of similarity 0.7 is looked at with a chance of 0.9998. */
  private static final int ROWS = 4;

  private static final int SHINGLE = 3;
  private final double threshold;
  private final long[] multipliers = new long[HASHES];
  private final long[] offsets = new long[HASHES];
  private final List<Map<Integer, List<Integer>>> bands = new ArrayList<>();
  private final List<int[]> signatures = new ArrayList<>();

  /**
   * Starts with no texts.
   *
   * @param threshold in (0, 1]; 1 finds equal sets of runs only
   * @param seed of the hash functions
   */
  public NearDuplicates(double threshold, long seed) {
    if (!(threshold > 0 && threshold <= 1)) {
      throw new IllegalArgumentException("threshold must be in (0, 1], was " + threshold);
    }
    this.threshold = threshold;
    Random random = new Random(seed);
    for (int i = 0; i < HASHES; i++) {
      multipliers[i] = random.nextLong() | 1;
      offsets[i] = random.nextLong();
    }
    for (int i = 0; i < HASHES / ROWS; i++) {
      bands.add(new HashMap<>());
    }
  }

  /** Whether a text is new; then it counts as an earlier one from now on. */
  public boolean addIfNew(String text) {
    int[] signature = signature(text);
    Set<Integer> candidates = new HashSet<>();
    int[] keys = new int[bands.size()];
    for (int b = 0; b < keys.length; b++) {
      keys[b] = Arrays.hashCode(Arrays.copyOfRange(signature, b * ROWS, (b + 1) * ROWS));
      candidates.addAll(bands.get(b).getOrDefault(keys[b], List.of()));
    }
    for (int candidate : candidates) {
      if (similarity(signature, signatures.get(candidate)) >= threshold) {
        return false;
      }
    }
    for (int b = 0; b < keys.length; b++) {
      bands.get(b).computeIfAbsent(keys[b], k -> new ArrayList<>()).add(signatures.size());
    }
    signatures.add(signature);
    return true;
  }

  private int[] signature(String text) {
    int[] least = new int[HASHES];
    Arrays.fill(least, Integer.MAX_VALUE);
    for (String gram : WordGrams.of(text, SHINGLE)) {
      long base = mix(gram);
      for (int i = 0; i < HASHES; i++) {
        int hash = (int) ((base * multipliers[i] + offsets[i]) >>> 33);
        least[i] = Math.min(least[i], hash);
      }
    }
    return least;
  }

  /** 64 bits of a text; String.hashCode has 32 and collides on short texts. */
  private static long mix(String text) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    hash ^= hash >>> 29;
    hash *= 0xbf58476d1ce4e5b9L;
    return hash ^ (hash >>> 32);
  }

  private static double similarity(int[] first, int[] second) {
    int same = 0;
    for (int i = 0; i < first.length; i++) {
      same += first[i] == second[i] ? 1 : 0;
    }
    return same / (double) first.length;
  }
}
