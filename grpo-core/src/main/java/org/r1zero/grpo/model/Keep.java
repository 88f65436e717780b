package org.r1zero.grpo.model;

/** What a forward pass keeps for its backward pass. */
enum Keep {
  /** Nothing: there will be none. */
  NOTHING(0),
  /** Each block's input; the rest is computed again (activation checkpointing). */
  INPUTS(1),
  /** All that backward reads. */
  ALL(2);

  private final int level;

  Keep(int level) {
    this.level = level;
  }

  /** The number that {@code decoder.py} knows it by. */
  int level() {
    return level;
  }
}
