package org.r1zero.grpo.health;

/** Training was stopped because something is wrong with it; the message says what. */
public final class HealthException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  HealthException(String message) {
    super(message);
  }
}
