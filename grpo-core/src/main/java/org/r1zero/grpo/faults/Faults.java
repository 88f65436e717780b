package org.r1zero.grpo.faults;

import java.util.ArrayList;
import java.util.List;

/**
 * Collects what is wrong with options, so that all of it is named at once.
 *
 * <pre>{@code
 * Faults faults = new Faults();
 * faults.atLeast(1, "steps", steps);
 * faults.require(rate > 0, "learning_rate", "must be > 0, was " + rate);
 * faults.check(); // throws if anything was wrong
 * }</pre>
 */
public final class Faults {
  private final List<Fault> all = new ArrayList<>();

  /** Notes a fault. */
  public void add(String key, String message) {
    all.add(new Fault(key, message));
  }

  /** Notes a fault unless a condition holds. */
  public void require(boolean condition, String key, String message) {
    if (!condition) {
      add(key, message);
    }
  }

  /** Wants a number that is not too small. */
  public void atLeast(long least, String key, long value) {
    require(value >= least, key, "must be >= " + least + ", was " + value);
  }

  /**
   * The same.
   *
   * @param hint what is usual, or what a value means; stands in brackets
   */
  public void atLeast(long least, String key, long value, String hint) {
    require(value >= least, key, "must be >= " + least + ", was " + value + " (" + hint + ")");
  }

  /** Notes what a part refuses, with a prefix for its keys. */
  public void part(String prefix, Runnable part) {
    try {
      part.run();
    } catch (IllegalArgumentException e) {
      FaultsException.of(e).forEach(fault -> all.add(fault.below(prefix)));
    }
  }

  /**
   * Ends the list.
   *
   * @throws FaultsException if there was a fault
   */
  public void check() {
    if (!all.isEmpty()) {
      throw new FaultsException(all);
    }
  }
}
