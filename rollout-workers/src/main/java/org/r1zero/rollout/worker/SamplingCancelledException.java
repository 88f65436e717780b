package org.r1zero.rollout.worker;

/** Sampling was ended before it was done, because somebody asked for that. */
public final class SamplingCancelledException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  /** Says so. */
  public SamplingCancelledException() {
    super("sampling was cancelled");
  }
}
