package org.r1zero.verify.code;

/**
 * How a program fared.
 *
 * @param status in a word
 * @param passed how many tests it passed
 * @param total how many there are; 0 where that did not become known
 * @param reason for a person
 */
record TestReport(Status status, int passed, int total, String reason) {

  /** In a word. */
  enum Status {
    /** All tests passed. */
    PASSED,
    /** A test failed, or the program did. */
    FAILED,
    /** It does not compile. */
    UNREADABLE,
    /** It was stopped by a limit of time. */
    TIMEOUT,
    /** A sandbox did not start or was killed, perhaps by the program. */
    LOST,
    /** The judge failed. */
    ERROR
  }

  /** A report without counts. */
  static TestReport of(Status status, String reason) {
    return new TestReport(status, 0, 0, reason);
  }
}
