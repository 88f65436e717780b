package org.r1zero.verify.math.equal;

/** What a percent sign means that stands in the answer or in the gold but not in both. */
public enum PercentRule {
  /** {@code 50%} equals 50, where the sign is a unit, and 0.5. */
  EITHER,
  /** {@code 50%} equals 0.5 alone. */
  EXACT
}
