package org.r1zero.grpo.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RowSegmentsTest {

  @Test
  void equalRowsAreOneStretch() {
    long[] filled = new long[64];
    Arrays.fill(filled, 500);
    assertThat(RowSegments.of(filled)).usingRecursiveComparison().isEqualTo(segments(64, 500));
    assertThat(RowSegments.of(new long[] {0})).usingRecursiveComparison().isEqualTo(segments(1, 0));
  }

  @Test
  void shortRowsAreNotReadAsFarAsLongOnes() {
    long[] filled = new long[64];
    Arrays.fill(filled, 0, 8, 900);
    Arrays.fill(filled, 8, 64, 90);
    assertThat(RowSegments.of(filled))
        .usingRecursiveComparison()
        .isEqualTo(new RowSegments(new int[] {8, 64}, new long[] {900, 90}));
  }

  @Test
  void fewPositionsAreNotWorthACall() {
    long[] filled = {40, 40, 40, 40, 3, 3, 3, 3};
    assertThat(RowSegments.of(filled)).usingRecursiveComparison().isEqualTo(segments(8, 40));
  }

  /** No cut into two stretches reads less, calls counted. */
  @Test
  void noOtherCutIsCheaper() {
    Random random = new Random(3);
    for (int trial = 0; trial < 50; trial++) {
      long[] filled = random.longs(48, 0, 400).toArray();
      RowSegments best = RowSegments.of(filled);
      for (int cut = 1; cut < filled.length; cut++) {
        assertThat(cost(filled, best.ends())).isLessThanOrEqualTo(cost(filled, cut, 48));
      }
      assertThat(cost(filled, best.ends())).isLessThanOrEqualTo(cost(filled, 48));
      for (int s = 0; s < best.ends().length; s++) {
        int from = s == 0 ? 0 : best.ends()[s - 1];
        assertThat(best.longest()[s])
            .isEqualTo(Arrays.stream(filled, from, best.ends()[s]).max().orElseThrow());
        assertThat(best.endOf(from)).isEqualTo(best.ends()[s]);
        assertThat(best.endOf(best.ends()[s] - 1)).isEqualTo(best.ends()[s]);
      }
    }
  }

  private static RowSegments segments(int end, long longest) {
    return new RowSegments(new int[] {end}, new long[] {longest});
  }

  private static long cost(long[] filled, int... ends) {
    return IntStream.range(0, ends.length)
        .mapToLong(
            s -> {
              int from = s == 0 ? 0 : ends[s - 1];
              long longest = Arrays.stream(filled, from, ends[s]).max().orElseThrow();
              return (ends[s] - from) * (longest + 1) + 512;
            })
        .sum();
  }
}
