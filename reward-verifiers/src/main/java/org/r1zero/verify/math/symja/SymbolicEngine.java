package org.r1zero.verify.math.symja;

/** Decides by algebra whether an expression is zero: the last resort. */
public interface SymbolicEngine {

  /** What an engine found. */
  enum Answer {
    ZERO,
    NOT_ZERO,
    /** It can't tell, or there is no engine. */
    UNKNOWN,
    /** It was stopped, or could not be asked now. */
    TIMEOUT
  }

  /** Knows nothing. */
  SymbolicEngine NONE = (difference, limit) -> Answer.UNKNOWN;

  /**
   * Whether an expression is zero whatever its variables are.
   *
   * @param difference in Symja's syntax
   * @param limit after which the work is stopped and {@link Answer#TIMEOUT} returned
   */
  Answer isZero(String difference, java.time.Duration limit);
}
