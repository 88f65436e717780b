package org.r1zero.verify.math.expr;

/** A text that is not mathematics this package can read; caught before it leaves the package. */
public final class ParseException extends Exception {

  private static final long serialVersionUID = 1L;

  /** Says what could not be read. */
  public ParseException(String message) {
    // No stack trace: one is thrown for every answer in words, and nobody reads where from.
    super(message, null, false, false);
  }
}
