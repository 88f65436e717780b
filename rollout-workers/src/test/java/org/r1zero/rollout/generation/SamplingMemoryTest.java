package org.r1zero.rollout.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SamplingMemoryTest {
  private static final SamplingConfig OPEN = new SamplingConfig(0.7, 5, 0.9, 0, 9, List.of("a"), 0);

  @Test
  void cpuTakesSixtyFourSequencesAndFourGigabytes() {
    assertThat(SamplingMemory.onCpu(OPEN))
        .isEqualTo(new SamplingConfig(0.7, 5, 0.9, 0, 9, List.of("a"), 64, 4096));
  }

  @Test
  void gpuTakesMoreSequencesAndWhatItIsGiven() {
    assertThat(SamplingMemory.onGpu(OPEN, 10L << 30))
        .isEqualTo(new SamplingConfig(0.7, 5, 0.9, 0, 9, List.of("a"), 256, 10_240));
    assertThat(SamplingMemory.onGpu(OPEN, 0).kvCacheMb()).isEqualTo(4096);
    assertThat(SamplingMemory.onGpu(OPEN, 1).kvCacheMb()).isEqualTo(256);
    assertThat(SamplingMemory.onGpu(OPEN, Long.MAX_VALUE).kvCacheMb()).isPositive();
  }

  @Test
  void whatIsSetStays() {
    SamplingConfig set = new SamplingConfig(1, 0, 1, 0, 9, List.of(), 3, 77);
    assertThat(SamplingMemory.isSet(set)).isTrue();
    assertThat(SamplingMemory.onCpu(set)).isSameAs(set);
    SamplingConfig half = new SamplingConfig(1, 0, 1, 0, 9, List.of(), 3);
    assertThat(SamplingMemory.isSet(half)).isFalse();
    assertThat(SamplingMemory.onGpu(half, 1L << 30))
        .isEqualTo(new SamplingConfig(1, 0, 1, 0, 9, List.of(), 3, 1024));
  }
}
