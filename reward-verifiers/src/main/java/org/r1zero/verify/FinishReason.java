package org.r1zero.verify;

/** Why a completion ended. */
public enum FinishReason {
  /** The model said its end-of-sequence token, or a stop string. */
  STOP,
  /** The limit on new tokens cut it off. */
  LENGTH
}
