package org.r1zero.verify;

/** How a verdict came about, apart from its score. */
public enum Outcome {
  /** The completion was read and is right. */
  CORRECT,
  /** The completion was read and is partly right; the score says how far. */
  PARTIAL,
  /** The completion was read and is wrong. */
  INCORRECT,
  /** No answer could be found or read in the completion. */
  UNPARSEABLE,
  /** The rule says nothing of completions of this problem: neither right nor wrong, no failure. */
  NOT_APPLICABLE,
  /** Judging it took longer than allowed. */
  TIMEOUT,
  /** The verifier itself failed: counted apart, since it says nothing of the completion. */
  ERROR;

  /** Whether it says nothing of the completion: {@link #ERROR} and {@link #TIMEOUT}. */
  public boolean isFailure() {
    return this == ERROR || this == TIMEOUT;
  }
}
