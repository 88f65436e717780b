package org.r1zero.verify.sandbox;

/** A sandboxed process did not give what was asked of it. */
public final class SandboxException extends Exception {

  private static final long serialVersionUID = 1;

  private final Kind kind;
  private final String fault;

  /** Why. */
  public enum Kind {
    /** Its clock ran out, and it was killed. */
    TIMEOUT,
    /** It used more processor time than allowed, and the kernel ended it. */
    CPU_TIME,
    /** It ended by itself, or was killed for another limit. */
    ENDED,
    /** It was killed by signal 9 and not for memory: by someone outside, or by itself. */
    KILLED,
    /** It wrote a line longer than allowed, and was killed. */
    TOO_LONG,
    /** It could not be started. */
    NOT_STARTED,
    /** The thread that waited was interrupted. */
    INTERRUPTED
  }

  /** A fault with a message for a person. */
  public SandboxException(Kind kind, String message) {
    super(message);
    this.kind = kind;
    this.fault = message;
  }

  /** The message; never {@code null}. */
  public String fault() {
    return fault;
  }

  /** Why. */
  public Kind kind() {
    return kind;
  }
}
