package org.r1zero.rollout.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** What a card's free memory gives to each generator; the numbers of a card are made up. */
class DeviceShareTest {
  private static final long GB = 1_000_000_000;

  @Test
  void whoSamplesAloneHasFourFifths() {
    assertThat(DeviceShare.alone().perGenerator(() -> 70 * GB, 3 * GB)).isEqualTo(56 * GB);
  }

  @Test
  void severalShareWhatTheirCopiesLeave() {
    DeviceShare share = new DeviceShare(3, false);
    assertThat(share.perGenerator(() -> 76 * GB, 3 * GB)).isEqualTo(70 * GB / 5 * 4 / 3);
  }

  @Test
  void halfIsLeftToTraining() {
    assertThat(new DeviceShare(1, true).perGenerator(() -> 70 * GB, 3 * GB)).isEqualTo(35 * GB);
    assertThat(new DeviceShare(2, true).perGenerator(() -> 43 * GB, 3 * GB)).isEqualTo(10 * GB);
  }

  @Test
  void allHaveTheFirstOnesAnswer() {
    DeviceShare share = new DeviceShare(2, false);
    long first = share.perGenerator(() -> 53 * GB, 3 * GB);
    assertThat(first).isEqualTo(20 * GB);
    assertThat(share.perGenerator(() -> 30 * GB, 3 * GB))
        .as("the first one's cache is taken by now")
        .isEqualTo(first);
  }

  @Test
  void aFullCardIsNoUnknownOne() {
    SamplingConfig open = SamplingConfig.defaults();
    long full = new DeviceShare(2, false).perGenerator(() -> GB, 3 * GB);
    assertThat(SamplingMemory.onGpu(open, full).kvCacheMb()).isEqualTo(256);
    long unknown = new DeviceShare(2, false).perGenerator(() -> 0, 3 * GB);
    assertThat(SamplingMemory.onGpu(open, unknown).kvCacheMb()).isEqualTo(4096);
  }

  @Test
  void thereIsAtLeastOneGenerator() {
    assertThatThrownBy(() -> new DeviceShare(0, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 1, was 0");
  }
}
