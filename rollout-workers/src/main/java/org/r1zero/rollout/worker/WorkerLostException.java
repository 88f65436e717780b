package org.r1zero.rollout.worker;

/** A worker died or hangs. */
public final class WorkerLostException extends Exception {
  private static final long serialVersionUID = 1;

  /** Says what of it is known. */
  public WorkerLostException(String message) {
    super(message);
  }
}
