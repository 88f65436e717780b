package org.r1zero.verify.judge;

/** A judge could not be asked, or gave no score. */
final class JudgeException extends Exception {
  private static final long serialVersionUID = 1;
  private final boolean passing;
  private final boolean timeout;

  /**
   * Says what happened.
   *
   * @param passing whether it may go better the next time
   * @param timeout whether the answer took too long
   */
  JudgeException(String message, boolean passing, boolean timeout) {
    super(message);
    this.passing = passing;
    this.timeout = timeout;
  }

  boolean isPassing() {
    return passing;
  }

  boolean isTimeout() {
    return timeout;
  }
}
