package org.r1zero.grpo.model.tokenizer.jinja;

/** Python's {@code None}. */
public enum None {
  /** The only one. */
  NONE
}
