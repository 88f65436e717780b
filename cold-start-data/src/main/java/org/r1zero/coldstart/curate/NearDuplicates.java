package org.r1zero.coldstart.curate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds texts nearly equal to earlier ones that were kept: two are near-duplicates where they share
 * a band of their {@link MinHash} signatures and their estimated similarity reaches the threshold.
 */
public final class NearDuplicates {
  private final double threshold;
  private final MinHash hashes;
  private final Map<Long, List<int[]>> kept = new HashMap<>();

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
    this.hashes = new MinHash(seed);
  }

  /** Whether a text is new; then it counts as an earlier one from now on. */
  public boolean addIfNew(String text) {
    int[] signature = hashes.signature(text);
    long[] bands = MinHash.bands(signature);
    Set<int[]> candidates = Collections.newSetFromMap(new IdentityHashMap<>());
    for (long band : bands) {
      candidates.addAll(kept.getOrDefault(band, List.of()));
    }
    for (int[] candidate : candidates) {
      if (MinHash.similarity(signature, candidate) >= threshold) {
        return false;
      }
    }
    for (long band : bands) {
      kept.computeIfAbsent(band, k -> new ArrayList<>()).add(signature);
    }
    return true;
  }
}
