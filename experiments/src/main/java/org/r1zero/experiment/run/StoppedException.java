package org.r1zero.experiment.run;

/** A signal asked the run to end, and it did, in order: not a fault. */
public final class StoppedException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int exitCode;

  StoppedException(String message, int exitCode) {
    super(message);
    this.exitCode = exitCode;
  }

  /** The same, with another way to go on. */
  public StoppedException goingOn(String how) {
    return new StoppedException(
        String.valueOf(getMessage()).replaceFirst(";.*", "") + "; " + how, exitCode);
  }

  /** 128 + the signal's number: 130 for SIGINT, 143 for SIGTERM. */
  public int exitCode() {
    return exitCode;
  }
}
