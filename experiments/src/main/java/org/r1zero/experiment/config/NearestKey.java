package org.r1zero.experiment.config;

import java.util.Comparator;
import java.util.List;

/** Finds what was probably meant, by edit distance. */
final class NearestKey {
  private NearestKey() {}

  static String of(String wrong, List<String> known) {
    return known.stream().min(Comparator.comparingInt(k -> distance(wrong, k))).orElse("?");
  }

  /** Levenshtein's. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int best = Math.min(diagonal + change, Math.min(row[j], row[j - 1]) + 1);
        diagonal = row[j];
        row[j] = best;
      }
    }
    return row[b.length()];
  }
}
