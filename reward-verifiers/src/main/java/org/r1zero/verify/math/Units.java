package org.r1zero.verify.math;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.math.AnswerPiece.Kind;
import org.r1zero.verify.math.NumberText.Quantity;

/**
 * What follows a number: a unit, what is counted, where and when.
 *
 * @param rest the pieces after the number and its percent sign or currency
 * @param atNumber whether the number is directly before them
 * @param whole whether they go on to the end of the answer
 * @param value of the number
 */
record Units(List<AnswerPiece> rest, boolean atNumber, boolean whole, @Nullable BigFraction value) {

  /** What begins a remark that says where the number comes from. */
  private static final Set<String> REMARKS = Set.of("since", "because", "as", "from", "ie", "so");

  /** Whether all of it may follow a number. */
  boolean mayFollow() {
    for (int i = 0; i < rest.size(); i++) {
      AnswerPiece piece = rest.get(i);
      if (!whole && piece.is(Kind.COMMA)) {
        return true;
      }
      int close = piece.is(Kind.OPEN) ? close(i) : -1;
      if (close > 0 && isRemark(rest.subList(i + 1, close))) {
        i = close;
      } else if (!mayFollow(i)) {
        return false;
      }
    }
    return !whole || !isDangling();
  }

  private boolean mayFollow(int index) {
    AnswerPiece piece = rest.get(index);
    boolean first = index == 0 && atNumber;
    boolean afterWord = index > 0 && rest.get(index - 1).is(Kind.WORD, Kind.NAME, Kind.CLOSE);
    AnswerPiece next = index + 1 < rest.size() ? rest.get(index + 1) : null;
    boolean beforeWord = next != null && next.is(Kind.WORD, Kind.NAME, Kind.OPEN);
    return switch (piece.kind()) {
      case WORD ->
          first && !piece.spaced()
              ? AroundNumbers.isUnit(piece.text())
              : AroundNumbers.isPlain(piece.text());
      case NAME -> mayNameFollow(piece, first);
      case DEGREE -> first;
      case POWER -> afterWord;
      case OPERATOR -> piece.text().equals("/") && (afterWord || index == 0) && beforeWord;
      case DASH -> beforeWord && (afterWord || (first && !piece.spaced() && !spaced(next)));
      case COMMA -> beforeWord;
      case POINT -> next == null || (beforeWord && !first) || next.is(Kind.CLOSE);
      case BANG -> afterWord;
      case OPEN -> beforeWord;
      case CLOSE -> true;
      default -> false;
    };
  }

  private boolean mayNameFollow(AnswerPiece name, boolean first) {
    boolean article = name.text().equals("a") || (name.text().equals("I") && !first);
    return AroundNumbers.isUnit(name.text()) || article || (!whole && name.spaced());
  }

  private static boolean spaced(@Nullable AnswerPiece piece) {
    return piece != null && piece.spaced();
  }

  private int close(int open) {
    int depth = 0;
    for (int i = open; i < rest.size(); i++) {
      depth += rest.get(i).is(Kind.OPEN) ? 1 : rest.get(i).is(Kind.CLOSE) ? -1 : 0;
      if (depth == 0) {
        return i;
      }
    }
    return -1;
  }

  /** {@code 7 (since 14/2)}: a calculation in brackets that makes the same number. */
  private boolean isRemark(List<AnswerPiece> inside) {
    boolean said =
        !inside.isEmpty() && REMARKS.contains(inside.get(0).text().toLowerCase(Locale.ROOT));
    List<AnswerPiece> calculation = said ? inside.subList(1, inside.size()) : inside;
    return calculation.stream().anyMatch(AnswerPiece::isNumber)
        && Equations.hold(calculation, new Quantity(value, false));
  }

  private boolean isDangling() {
    for (int i = rest.size() - 1; i >= 0; i--) {
      AnswerPiece piece = rest.get(i);
      if (!piece.is(Kind.POINT, Kind.CLOSE, Kind.BANG)) {
        return piece.is(Kind.WORD, Kind.NAME) && AroundNumbers.isDangling(piece.text());
      }
    }
    return false;
  }
}
