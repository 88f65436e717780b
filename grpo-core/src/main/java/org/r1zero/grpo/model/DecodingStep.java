package org.r1zero.grpo.model;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * What one decoding step adds to each of {@code n} sequences, the first {@code n} rows of a cache.
 *
 * @param tokens the tokens to add, {@code [n]}
 * @param positions where they stand, {@code [n]}
 * @param own how many positions of its row each sequence has filled, {@code [n]}
 * @param slots where each one's prefix is, {@code [n]}
 * @param prefixLengths positions filled of each slot in use
 * @param segments the rows in stretches that are attended to together
 */
public record DecodingStep(
    long[] tokens,
    long[] positions,
    long[] own,
    int[] slots,
    long[] prefixLengths,
    RowSegments segments) {

  /** Checks that there is one of each. */
  public DecodingStep {
    int n = tokens.length;
    if (positions.length != n || own.length != n || slots.length != n || n == 0) {
      throw new IllegalArgumentException(
          "tokens, positions, own and slots must have one number a sequence, had "
              + n
              + ", "
              + positions.length
              + ", "
              + own.length
              + " and "
              + slots.length);
    }
  }

  /** With the stretches that read the least. */
  public DecodingStep(
      long[] tokens, long[] positions, long[] own, int[] slots, long[] prefixLengths) {
    this(tokens, positions, own, slots, prefixLengths, RowSegments.of(own));
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
