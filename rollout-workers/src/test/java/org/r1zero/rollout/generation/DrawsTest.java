package org.r1zero.rollout.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DrawsTest {

  /** SplitMix64's published first outputs for seed 0 are E220A8397B1DCDAF and 6E789E6AA1B965F4. */
  @Test
  void areTheUpperBitsOfSplitMix64() {
    assertThat(Draws.uniform(0, 0)).isEqualTo(0xE220A8 * 0x1p-24f);
    assertThat(Draws.uniform(0, 1)).isEqualTo(0x6E789E * 0x1p-24f);
  }

  @Test
  void areUniform() {
    int n = 100_000;
    int[] bins = new int[10];
    for (int position = 0; position < n; position++) {
      float u = Draws.uniform(-5, position);
      assertThat(u).isGreaterThanOrEqualTo(0).isLessThan(1);
      bins[(int) (u * 10)]++;
    }
    for (int bin : bins) {
      assertThat(bin).isCloseTo(n / 10, within(400));
    }
  }

  @Test
  void everyPartOfASeedCounts() {
    Set<Long> seeds = new HashSet<>();
    for (int a = 0; a < 20; a++) {
      for (int b = 0; b < 20; b++) {
        seeds.add(Draws.seed(a, b));
        seeds.add(Draws.seed(a, b, 0));
      }
    }
    assertThat(seeds).hasSize(800);
    assertThat(Draws.seed(1, 2)).isNotEqualTo(Draws.seed(2, 1)).isEqualTo(Draws.seed(1, 2));
  }
}
