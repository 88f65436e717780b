package org.r1zero.rollout.worker;

/** Workers were lost too often in a row to go on. */
public final class WorkerFailureException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  /** Says what happened and what can be done. */
  public WorkerFailureException(String message) {
    super(message);
  }
}
