package org.r1zero.verify.reward;

import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a record's values, so that all of it is named at once: the first as the
 * exception that its constructor throws, the others as suppressed ones.
 */
final class Refusal {
  private @Nullable IllegalArgumentException first;

  /**
   * Notes a fault unless a condition holds.
   *
   * @param fault begins with the key
   */
  void unless(boolean holds, String fault) {
    if (holds) {
      return;
    }
    IllegalArgumentException refusal = new IllegalArgumentException(fault);
    if (first == null) {
      first = refusal;
    } else {
      first.addSuppressed(refusal);
    }
  }

  /**
   * Ends the list.
   *
   * @throws IllegalArgumentException if there was a fault
   */
  void check() {
    if (first != null) {
      throw first;
    }
  }
}
