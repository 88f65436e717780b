package org.r1zero.grpo.model;

import java.util.Arrays;

/**
 * Stretches of a cache's rows that are attended to together, each as far as its longest row is
 * filled: where sequences join as others end, most rows are much shorter than the longest.
 *
 * @param ends the row after each stretch's last; the last one is the number of rows
 * @param longest the most positions that a row of each stretch has filled
 */
public record RowSegments(int[] ends, long[] longest) {
  /** No rows. */
  public static final RowSegments NONE = new RowSegments(new int[0], new long[0]);

  /** Positions that a further call into attention is worth. */
  private static final long CALL = 512;

  /** All rows as one stretch. */
  static RowSegments one(long[] filled) {
    return new RowSegments(
        new int[] {filled.length}, new long[] {Arrays.stream(filled).max().orElseThrow()});
  }

  /** The stretches that read the least. */
  public static RowSegments of(long[] filled) {
    int n = filled.length;
    if (n > 0 && areEqual(filled)) {
      return one(filled);
    }
    long[] least = new long[n + 1];
    int[] start = new int[n + 1];
    int[] count = new int[n + 1];
    for (int end = 1; end <= n; end++) {
      least[end] = Long.MAX_VALUE;
      long longest = 0;
      for (int from = end - 1; from >= 0; from--) {
        longest = Math.max(longest, filled[from]);
        long cost = least[from] + (end - from) * (longest + 1) + CALL;
        if (cost < least[end]) {
          least[end] = cost;
          start[end] = from;
          count[end] = count[from] + 1;
        }
      }
    }
    int[] ends = new int[count[n]];
    long[] longest = new long[count[n]];
    for (int end = n, s = ends.length - 1; s >= 0; end = start[end], s--) {
      ends[s] = end;
      longest[s] = Arrays.stream(filled, start[end], end).max().orElseThrow();
    }
    return new RowSegments(ends, longest);
  }

  static boolean areEqual(long[] filled) {
    return Arrays.stream(filled).allMatch(positions -> positions == filled[0]);
  }

  /** The first row after the stretch that has {@code row}, which may have joined since. */
  public int endOf(int row) {
    return Arrays.stream(ends).filter(end -> end > row).findFirst().orElse(Integer.MAX_VALUE);
  }

  long[] endsAsLongs() {
    return Arrays.stream(ends).asLongStream().toArray();
  }
}
