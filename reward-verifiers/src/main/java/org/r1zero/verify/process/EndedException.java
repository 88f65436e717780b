package org.r1zero.verify.process;

/** A process gives no more lines; the message says how it ended, as a sentence's second half. */
public final class EndedException extends Exception {
  private static final long serialVersionUID = 1;
  private final End end;
  private final int code;
  private final String how;

  /** Why. */
  public enum End {
    /** It ended by itself, was killed by somebody else, or closed its input or output. */
    EXITED,
    /** It gave no line in time, and was killed. */
    TIMEOUT,
    /** It wrote a line longer than allowed, and was killed. */
    TOO_LONG,
    /** The thread that waited was interrupted, and the process killed. */
    INTERRUPTED
  }

  EndedException(End end, int code, String how) {
    super(how);
    this.end = end;
    this.code = code;
    this.how = how;
  }

  /** The exit code, which above 128 is the number of a signal; -1 where it has none. */
  public int code() {
    return code;
  }

  /** The message; never {@code null}. */
  public String how() {
    return how;
  }

  /** Why. */
  public End end() {
    return end;
  }
}
