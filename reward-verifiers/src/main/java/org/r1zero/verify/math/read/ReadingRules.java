package org.r1zero.verify.math.read;

/** How ambiguous signs are read: an answer is read in each way that may matter. */
public enum ReadingRules {
  /** {@code 1,234} is one number. */
  USUAL(true, false, false),
  /** {@code 1,234} is a list of two. */
  LISTS(false, false, false),
  /** {@code 1,5} is one and a half. */
  DECIMAL_COMMA(false, true, false),
  /** One letter after a number, as in {@code 5m}, is a unit. */
  SHORT_UNITS(true, false, true);

  private final boolean joinThousands;
  private final boolean decimalComma;
  private final boolean shortUnits;

  ReadingRules(boolean joinThousands, boolean decimalComma, boolean shortUnits) {
    this.joinThousands = joinThousands;
    this.decimalComma = decimalComma;
    this.shortUnits = shortUnits;
  }

  /** Whether {@code 1,234} is one number, not a list of two. */
  boolean joinThousands() {
    return joinThousands;
  }

  /** Whether {@code 1,5} is one and a half, not a list of two. */
  boolean decimalComma() {
    return decimalComma;
  }

  /** Whether one letter after a number, as in {@code 5m}, is a unit, not a variable. */
  boolean shortUnits() {
    return shortUnits;
  }
}
