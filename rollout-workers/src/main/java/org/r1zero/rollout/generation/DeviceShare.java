package org.r1zero.rollout.generation;

import java.util.function.LongSupplier;

/**
 * Who else uses the device of a generator: known to whoever starts the generators, and handed to
 * all that share it. What is free is looked up once for all of them, since later libtorch keeps
 * what a call has given back, and the first ones' caches are taken.
 */
public final class DeviceShare {
  private final int generators;
  private final boolean trained;
  private long perGenerator = -1;

  /**
   * Shares a device.
   *
   * @param generators that sample there
   * @param trained whether the policy is trained there too
   */
  public DeviceShare(int generators, boolean trained) {
    if (generators < 1) {
      throw new IllegalArgumentException("generators must be at least 1, was " + generators);
    }
    this.generators = generators;
    this.trained = trained;
  }

  /** One generator that nobody trains beside. */
  public static DeviceShare alone() {
    return new DeviceShare(1, false);
  }

  /** Generators that sample there. */
  public int generators() {
    return generators;
  }

  /** Whether the policy is trained there too. */
  public boolean trained() {
    return trained;
  }

  /**
   * Bytes that one generator's keys and values may take; 0 where what is free is not known.
   *
   * @param free bytes; asked once, by a generator that has its own copy of the weights
   * @param copy bytes of the copy that each of the others makes
   */
  synchronized long perGenerator(LongSupplier free, long copy) {
    if (perGenerator < 0) {
      long now = free.getAsLong();
      long rest = now - (generators - 1) * copy;
      // 1 byte is a card that is full, 0 one of which nothing is known
      perGenerator =
          now <= 0 ? 0 : Math.max(1, SamplingMemory.share(rest, generators, trained));
    }
    return perGenerator;
  }
}
