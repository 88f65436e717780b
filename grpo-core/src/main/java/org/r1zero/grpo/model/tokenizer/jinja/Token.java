package org.r1zero.grpo.model.tokenizer.jinja;

/**
 * A piece of a template.
 *
 * @param kind what it is
 * @param text its characters; for a string its value
 * @param line where it begins, from 1
 */
record Token(Kind kind, String text, int line) {
  enum Kind {
    /** Printed as it is. */
    TEXT,
    /** Two opening braces: a value to print follows. */
    PRINT,
    /** A brace and a per cent sign: a statement follows. */
    STATEMENT,
    /** The end of either. */
    END,
    NAME,
    STRING,
    INTEGER,
    FLOAT,
    OPERATOR,
    /** The end of the template. */
    EOF
  }

  boolean is(Kind other, String content) {
    return kind == other && text.equals(content);
  }
}
