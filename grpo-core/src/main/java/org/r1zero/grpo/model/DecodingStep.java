package org.r1zero.grpo.model;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * What one decoding step adds to sequences, the first rows of a cache: {@code n} tokens, one of
 * each or, one after the other, several that are guesses of what it draws.
 *
 * @param tokens the tokens to add, {@code [n]}
 * @param positions where they stand, {@code [n]}
 * @param own how many positions of its row are before each token, {@code [n]}
 * @param slots where the prefix of each token's sequence is, {@code [n]}
 * @param rows the cache row of each token's sequence, {@code [n]}
 * @param prefixLengths positions filled of each slot in use
 * @param segments the cache's rows in stretches that are attended to together
 */
public record DecodingStep(
    long[] tokens,
    long[] positions,
    long[] own,
    int[] slots,
    int[] rows,
    long[] prefixLengths,
    RowSegments segments) {

  /** Checks that there is one of each. */
  public DecodingStep {
    int n = tokens.length;
    if (positions.length != n
        || own.length != n
        || slots.length != n
        || rows.length != n
        || n == 0) {
      throw new IllegalArgumentException(
          String.format(
              "tokens, positions, own, slots and rows must have one number per token, had %s, %s,"
                  + " %s, %s and %s",
              n, positions.length, own.length, slots.length, rows.length));
    }
  }

  /** One token of each sequence, with the stretches that read the least. */
  public DecodingStep(
      long[] tokens, long[] positions, long[] own, int[] slots, long[] prefixLengths) {
    this(
        tokens,
        positions,
        own,
        slots,
        IntStream.range(0, tokens.length).toArray(),
        prefixLengths,
        RowSegments.of(own));
  }

  /** Requires that each sequence has one token. */
  void requireNoDrafts() {
    if (IntStream.range(0, rows.length).anyMatch(i -> rows[i] != i)) {
      throw new IllegalArgumentException("these kernels check no drafts");
    }
  }

  /** Whether all rows have filled the same number of positions. */
  boolean even() {
    return RowSegments.areEqual(own);
  }

  /** The largest number of filled positions of a slot. */
  long longestPrefix() {
    return LongStream.of(prefixLengths).max().orElseThrow();
  }

  /** Whether all slots have filled the same number of positions. */
  boolean evenPrefixes() {
    return RowSegments.areEqual(prefixLengths);
  }

  /**
   * The sequences by slot.
   *
   * @param grid the sequence at each of the places of each slot, {@code [slots * members]}; where a
   *     slot has fewer than the others, 0
   * @param place where in the grid each sequence is, {@code [n]}
   */
  record Grid(long[] grid, long[] place) {
    /** Whether the grid is the sequences in their own order. */
    boolean ordered() {
      return IntStream.range(0, grid.length).allMatch(i -> grid[i] == i)
          && grid.length == place.length;
    }
  }

  Grid grid() {
    int[] counts = new int[prefixLengths.length];
    for (int slot : slots) {
      counts[slot]++;
    }
    int members = IntStream.of(counts).max().orElseThrow();
    long[] grid = new long[counts.length * members];
    long[] place = new long[slots.length];
    Arrays.fill(counts, 0);
    for (int i = 0; i < slots.length; i++) {
      int at = slots[i] * members + counts[slots[i]]++;
      grid[at] = i;
      place[i] = at;
    }
    return new Grid(grid, place);
  }
}
