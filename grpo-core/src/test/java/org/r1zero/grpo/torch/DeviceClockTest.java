package org.r1zero.grpo.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import org.junit.jupiter.api.Test;

class DeviceClockTest {
  /** A device that was told to work for a while. */
  private static void work() {
    long end = System.nanoTime() + 20_000_000;
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  @Test
  void readingWaitsForTheDeviceFirst() {
    DeviceClock clock = new DeviceClock(DeviceClockTest::work);
    long before = System.nanoTime();
    long started = clock.nanos();
    assertThat(started - before).isGreaterThanOrEqualTo(20_000_000);
    assertThat(clock.secondsSince(started)).isGreaterThanOrEqualTo(0.02);
  }

  @Test
  void cpuHasDoneItsWorkWhenACallReturns() {
    DeviceClock clock = DeviceClock.of(Device.cpu());
    long started = clock.nanos();
    assertThat(clock.secondsSince(started)).isNotNegative();
  }
}
