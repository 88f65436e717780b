package org.r1zero.verify.math.read;

import org.jspecify.annotations.Nullable;
import org.r1zero.verify.math.expr.Expr;

/**
 * A word of an answer.
 *
 * @param kind what it is
 * @param text as it is to be read: a sign, a letter, a name
 * @param meaning of numbers and constants
 * @param spaced whether white space stands before it
 */
public record Token(Kind kind, String text, @Nullable Expr meaning, boolean spaced) {

  /** What a token is. */
  enum Kind {
    NUMBER,
    CONSTANT,
    /** One letter. */
    LETTER,
    /** Several letters that are not a known name: a unit, a word, or a product of variables. */
    WORD,
    /** What stands in {@code \text{…}}. */
    TEXT,
    FUNCTION,
    /** A LaTeX command that takes arguments. */
    STRUCTURE,
    OPERATOR,
    RELATION,
    OPEN,
    CLOSE,
    /** {@code |}, which opens and closes. */
    BAR,
    /** A comma, a semicolon, "and", "or", a new line. */
    SEPARATOR,
    CELL,
    END
  }

  boolean is(Kind expected, String expectedText) {
    return kind == expected && text.equals(expectedText);
  }
}
