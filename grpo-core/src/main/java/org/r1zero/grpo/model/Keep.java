package org.r1zero.grpo.model;

/** What a forward pass keeps for its backward pass. */
enum Keep {
  /** Nothing: there will be none. */
  NOTHING,
  /** Each block's input; the rest is computed again (activation checkpointing). */
  INPUTS,
  /** All that backward reads. */
  ALL
}
