package org.r1zero.verify.reward;

/** Too many verdicts failed: the rewards say too little of the completions to train on. */
public final class RewardFailureException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** Says how many, and what the first one was. */
  public RewardFailureException(String message) {
    super(message);
  }
}
