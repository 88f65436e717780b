package org.r1zero.grpo;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with options, so that all of it is named at once. */
final class Faults {
  private final List<String> faults = new ArrayList<>();

  /** Notes a fault unless a condition holds. */
  void require(boolean condition, String fault) {
    if (!condition) {
      faults.add(fault);
    }
  }

  /** Notes what a part refuses, with a prefix for its keys. */
  void requireValid(String prefix, Runnable part) {
    try {
      part.run();
    } catch (IllegalArgumentException e) {
      for (String fault : String.valueOf(e.getMessage()).split("; (?=[a-z_.]+ must )")) {
        faults.add(prefix + fault);
      }
    }
  }

  /** Throws if there was a fault. */
  void check() {
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", faults));
    }
  }
}
