package org.r1zero.grpo.model.tokenizer.jinja;

/** A template is malformed, asks for what is not supported, or refuses its values. */
public final class JinjaException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  JinjaException(String message) {
    super(message);
  }
}
