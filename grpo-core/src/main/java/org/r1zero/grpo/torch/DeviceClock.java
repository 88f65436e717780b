package org.r1zero.grpo.torch;

import ai.djl.Device;

/**
 * The time around work of a device. A GPU is told what to do and does it while its caller goes on,
 * so that a clock that is only read has the time of telling: this one waits first for what its
 * thread told the device. What measures such work reads no other (a rule of the architecture
 * tests).
 */
public final class DeviceClock {
  private final Runnable await;

  DeviceClock(Runnable await) {
    this.await = await;
  }

  /** A clock for a device; that of a CPU, whose work is done when a call returns, never waits. */
  public static DeviceClock of(Device device) {
    return new DeviceClock(() -> Torch.await(device));
  }

  /**
   * Nanoseconds as {@link System#nanoTime} counts, after all that this thread told the device to
   * do.
   */
  public long nanos() {
    await.run();
    return System.nanoTime();
  }

  /** Seconds since an earlier reading, after all that this thread told the device to do. */
  public double secondsSince(long nanos) {
    return (nanos() - nanos) / 1e9;
  }
}
