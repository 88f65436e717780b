package org.r1zero.verify.math;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.fraction.BigFraction;
import org.r1zero.verify.math.AnswerPiece.Kind;
import org.r1zero.verify.math.NumberText.Quantity;

/** What an answer says that its number equals: {@code x = 5}, {@code 2 + 3 = 5}. */
final class Equations {

  private static final int MAX_PIECES = 60;
  private static final BigFraction HUNDRED = new BigFraction(100);

  private Equations() {}

  /**
   * Whether each side is a name for the number, or a calculation that makes it.
   *
   * @param sides with equals signs between
   */
  static boolean hold(List<AnswerPiece> sides, Quantity number) {
    List<AnswerPiece> side = new ArrayList<>();
    boolean first = true;
    for (AnswerPiece piece : sides) {
      if (!piece.is(Kind.EQUALS)) {
        side.add(piece);
      } else if (holds(side, first, number)) {
        side.clear();
        first = false;
      } else {
        return false;
      }
    }
    return holds(side, first, number);
  }

  private static boolean holds(List<AnswerPiece> side, boolean first, Quantity number) {
    if (side.isEmpty()) {
      return first;
    }
    boolean named = side.stream().noneMatch(AnswerPiece::isNumber);
    return side.size() <= MAX_PIECES && (named ? isName(side) : makes(side, number));
  }

  private static boolean isName(List<AnswerPiece> side) {
    for (AnswerPiece piece : side) {
      boolean word = piece.is(Kind.WORD) && AroundNumbers.isPlain(piece.text());
      boolean sign =
          piece.is(
              Kind.NAME,
              Kind.PLUS,
              Kind.DASH,
              Kind.OPERATOR,
              Kind.OPEN,
              Kind.CLOSE,
              Kind.COLON,
              Kind.COMMA,
              Kind.MARK,
              Kind.POINT);
      if (!word && !sign) {
        return false;
      }
    }
    return true;
  }

  private static boolean makes(List<AnswerPiece> side, Quantity number) {
    StringBuilder calculation = new StringBuilder();
    boolean afterNumber = false;
    for (AnswerPiece piece : side) {
      if (piece.isNumber()) {
        if (afterNumber || piece.value() == null) {
          return false;
        }
        calculation.append('(').append(ratio(piece.value())).append(')');
      } else if (piece.is(Kind.PLUS, Kind.DASH, Kind.OPERATOR, Kind.PERCENT)) {
        calculation.append(piece.text());
      } else if (piece.is(Kind.POWER)) {
        calculation.append(piece.text().replace(" ", ""));
      } else if (piece.is(Kind.OPEN, Kind.CLOSE)) {
        calculation.append(piece.is(Kind.OPEN) ? '(' : ')');
      } else if (!isAside(piece)) {
        return false;
      }
      afterNumber = piece.isNumber() || (afterNumber && isAside(piece));
    }
    return equal(calculation.toString(), number);
  }

  /** What may stand in a calculation and says nothing: {@code $48 + 24 clips}. */
  private static boolean isAside(AnswerPiece piece) {
    boolean word = piece.is(Kind.WORD) && AroundNumbers.isPlain(piece.text());
    return word || piece.is(Kind.CURRENCY, Kind.COLON, Kind.COMMA, Kind.POINT);
  }

  private static String ratio(BigFraction value) {
    return value.getNumerator() + "/" + value.getDenominator();
  }

  private static boolean equal(String calculation, Quantity number) {
    BigFraction value = number.value();
    try {
      BigFraction made = Exact.of(AnswerParser.parse(calculation, ReadingRules.USUAL));
      return made != null
          && value != null
          && (made.equals(value) || (number.percent() && made.multiply(HUNDRED).equals(value)));
    } catch (ParseException e) {
      return false;
    }
  }
}
