package org.r1zero.grpo.model.tokenizer.jinja;

/**
 * What a name or field that does not exist evaluates to: prints nothing, is false, and fails where
 * it is computed with.
 *
 * @param name for messages
 */
record Undefined(String name) {
  JinjaException failure() {
    return new JinjaException("'" + name + "' is undefined");
  }
}
