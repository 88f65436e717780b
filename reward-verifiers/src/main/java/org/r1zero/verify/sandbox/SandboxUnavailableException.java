package org.r1zero.verify.sandbox;

/** This machine can't isolate programs; the message says what to install or to allow. */
public final class SandboxUnavailableException extends IllegalStateException {

  private static final long serialVersionUID = 1;

  /** A refusal with its remedy. */
  public SandboxUnavailableException(String message) {
    super(message);
  }
}
