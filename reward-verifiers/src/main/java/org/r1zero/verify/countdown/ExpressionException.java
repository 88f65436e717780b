package org.r1zero.verify.countdown;

/** An expression that breaks the grammar, a bound, or divides by zero. */
public final class ExpressionException extends Exception {

  private static final long serialVersionUID = 1;

  ExpressionException(String message) {
    super(message);
  }
}
