package org.r1zero.grpo.model.tokenizer.jinja;

/** A function, method or macro. */
interface Callable {
  Object call(Arguments arguments);
}
