package org.r1zero.verify.length;

import org.r1zero.verify.Completion;

/** What the length of a completion is counted in. */
public enum LengthUnit {
  /** Sampled tokens; unknown for a text that was read from a file without its count. */
  TOKENS,
  /** Characters. */
  CHARACTERS;

  static final String NO_TOKEN_COUNT =
      "the completion has no token count; set the option unit to characters";

  /** Whether the length is known in this unit. */
  boolean isKnown(Completion completion) {
    return this == CHARACTERS || completion.tokenCount() > 0 || completion.text().isEmpty();
  }

  int of(Completion completion) {
    return this == TOKENS
        ? completion.tokenCount()
        : completion.text().codePointCount(0, completion.text().length());
  }
}
