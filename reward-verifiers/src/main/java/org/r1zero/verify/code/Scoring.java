package org.r1zero.verify.code;

/** How many tests have to pass. */
public enum Scoring {
  /** All: score 1 or 0, and the first failure ends the run. */
  ALL,
  /** The score is the share of tests passed. */
  SHARE
}
