package org.r1zero.experiment.run;

/** A signal asked the run to end, and it did, in order: not a fault. */
public final class StoppedException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final String what;
  private final int exitCode;

  StoppedException(String what, int exitCode) {
    this(what, what, exitCode);
  }

  private StoppedException(String message, String what, int exitCode) {
    super(message);
    this.what = what;
    this.exitCode = exitCode;
  }

  /** The same, saying how to go on, and nothing that was said of it before. */
  public StoppedException goingOn(String how) {
    return new StoppedException(what + "; " + how, what, exitCode);
  }

  /** 128 + the signal's number: 130 for SIGINT, 143 for SIGTERM. */
  public int exitCode() {
    return exitCode;
  }
}
