package org.r1zero.grpo;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Collects what is wrong with options, so that all of it is named at once. */
final class Faults {
  private static final Pattern BETWEEN = Pattern.compile("; (?=[a-z_.]+ must )");
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
      BETWEEN
          .splitAsStream(String.valueOf(e.getMessage()))
          .forEach(fault -> faults.add(prefix + fault));
    }
  }

  /** Throws if there was a fault. */
  void check() {
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", faults));
    }
  }
}
