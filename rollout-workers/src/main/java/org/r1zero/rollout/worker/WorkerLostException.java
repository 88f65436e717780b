package org.r1zero.rollout.worker;

/** A worker died or hangs. */
final class WorkerLostException extends Exception {
  private static final long serialVersionUID = 1;

  WorkerLostException(String message) {
    super(message);
  }
}
