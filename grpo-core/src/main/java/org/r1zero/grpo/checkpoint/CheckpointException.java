package org.r1zero.grpo.checkpoint;

/** A checkpoint can't be written or used: the message says which one is left, and what to do. */
public final class CheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A fault that was found. */
  public CheckpointException(String message) {
    super(message);
  }

  /** A fault with its cause. */
  public CheckpointException(String message, Throwable cause) {
    super(message, cause);
  }
}
