package org.r1zero.verify.math;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.math.AnswerPiece.Kind;

/**
 * Reads the one exact number of an answer: {@code 1,234.50}, {@code -3/4}, {@code 2 1/2}, {@code
 * \frac{3}{4}}, {@code 6.02 \times 10^{23}}, {@code $5}, {@code 40%}, {@code 12 apples}, {@code
 * twelve}, {@code 5 million}.
 *
 * <p>What may stand around it is a closed list: its sign, a currency, a unit, plain words ({@link
 * AroundNumbers}), what it equals. Everything else makes it no answer, whatever the number.
 *
 * <p>Bounded: numbers of more than 300 digits or powers of ten beyond 300 have no value.
 */
final class NumberText {

  private static final int MAX_LENGTH = 2000;

  /** What of a long text around its last number is read, to either side. */
  private static final int NEAR = 300;

  private static final Pattern ASIDE = Pattern.compile("<<[^<>\\n]{0,200}>>|</?[a-z]{1,20}>|####");

  private NumberText() {}

  /**
   * A number that was read.
   *
   * @param value its exact value, a percent sign left aside; {@code null} if it is too large
   * @param percent whether a percent sign follows
   */
  record Quantity(@Nullable BigFraction value, boolean percent) {}

  /** The one number of a short text. */
  static Optional<Quantity> only(String text) {
    if (text.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    List<AnswerPiece> pieces = AnswerPieces.of(text, true);
    int equals = lastEquals(pieces);
    List<AnswerPiece> side = pieces.subList(equals + 1, pieces.size());
    int number = -1;
    for (int i = 0; i < side.size(); i++) {
      if (side.get(i).isNumber() && number < 0) {
        number = i;
      }
    }
    if (number < 0) {
      return Optional.empty();
    }
    Optional<Quantity> found = NumberContext.whole(side, number);
    return found.filter(
        quantity -> equals < 0 || Equations.hold(pieces.subList(0, equals), quantity));
  }

  /**
   * The last number of a text of any length, in digits; empty where what is beside it makes another
   * number of it.
   */
  static Optional<Quantity> last(String text) {
    int digit = text.length() - 1;
    while (digit >= 0 && !(text.charAt(digit) >= '0' && text.charAt(digit) <= '9')) {
      digit--;
    }
    if (digit < 0) {
      return Optional.empty();
    }
    int start = Math.max(text.lastIndexOf('\n', digit) + 1, digit - NEAR - 300);
    int line = text.indexOf('\n', digit);
    int end = Math.min(line < 0 ? text.length() : line, digit + NEAR);
    String near = ASIDE.matcher(text.substring(start, end)).replaceAll(" ");
    List<AnswerPiece> pieces = AnswerPieces.of(near, false);
    int number = pieces.size() - 1;
    while (number >= 0 && !pieces.get(number).isNumber()) {
      number--;
    }
    return number < 0 ? Optional.empty() : NumberContext.near(pieces, number);
  }

  /** Where the last equals sign is that has a number behind it, at or before; -1 where none. */
  private static int lastEquals(List<AnswerPiece> pieces) {
    for (int i = pieces.size() - 1; i >= 0; i--) {
      if (pieces.get(i).is(Kind.EQUALS)) {
        return i;
      }
    }
    return -1;
  }
}
