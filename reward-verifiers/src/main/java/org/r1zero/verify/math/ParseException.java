package org.r1zero.verify.math;

/** A text that is no mathematics this package can read; caught before it leaves the package. */
final class ParseException extends Exception {

  private static final long serialVersionUID = 1L;

  ParseException(String message) {
    // No stack trace: one is thrown for every answer in words, and nobody reads where from.
    super(message, null, false, false);
  }
}
