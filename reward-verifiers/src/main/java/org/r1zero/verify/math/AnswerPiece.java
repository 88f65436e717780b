package org.r1zero.verify.math;

import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;

/**
 * A piece of an answer that should be one number.
 *
 * @param kind what it is
 * @param text as it stands there
 * @param spaced whether white space is before it
 * @param value of a {@link Kind#NUMBER} or of the power of a {@link Kind#POWER}; {@code null} where
 *     it is too large
 */
record AnswerPiece(Kind kind, String text, boolean spaced, @Nullable BigFraction value) {

  /** What a piece can be. */
  enum Kind {
    /** In digits. */
    NUMBER,
    /** In words. */
    SPELLED,
    WORD,
    /** A letter, or a word with digits in it: the name of a value. */
    NAME,
    /** {@code -}, a sign or a hyphen. */
    DASH,
    PLUS,
    CURRENCY,
    PERCENT,
    DEGREE,
    /** {@code ^2}. */
    POWER,
    /** {@code / * × ÷}. */
    OPERATOR,
    OPEN,
    CLOSE,
    EQUALS,
    POINT,
    /** {@code ,} or {@code ;}. */
    COMMA,
    COLON,
    BANG,
    /** A mark of bold or a quotation mark, which says nothing. */
    MARK,
    /** What has no place around a number. */
    OTHER
  }

  boolean is(Kind... kinds) {
    for (Kind other : kinds) {
      if (kind == other) {
        return true;
      }
    }
    return false;
  }

  boolean isNumber() {
    return kind == Kind.NUMBER || kind == Kind.SPELLED;
  }
}
