package org.r1zero.verify.math;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.math.AnswerPiece.Kind;
import org.r1zero.verify.math.NumberText.Quantity;

/** What stands before and after a number, and what it makes of it. */
final class NumberContext {

  /** How many pieces to either side of the last number of a text are looked at. */
  private static final int NEAR = 4;

  private static final Set<String> NEGATIVE = Set.of("-", "minus", "negative");

  private final List<AnswerPiece> before;
  private final AnswerPiece number;
  private final List<AnswerPiece> after;
  private final boolean whole;
  private @Nullable BigFraction value;
  private boolean percent;

  private NumberContext(
      List<AnswerPiece> before, AnswerPiece number, List<AnswerPiece> after, boolean whole) {
    this.before = before;
    this.number = number;
    this.after = after;
    this.whole = whole;
    this.value = number.value();
  }

  /** The number at {@code index} where all the other pieces may stand around it. */
  static Optional<Quantity> whole(List<AnswerPiece> pieces, int index) {
    NumberContext context =
        new NumberContext(
            pieces.subList(0, index),
            pieces.get(index),
            pieces.subList(index + 1, pieces.size()),
            true);
    return balanced(pieces) ? context.read() : Optional.empty();
  }

  /** The number at {@code index} where the pieces of its sentence next to it may stand there. */
  static Optional<Quantity> near(List<AnswerPiece> pieces, int index) {
    int start = index;
    while (start > 0 && index - start < NEAR && !endsBefore(pieces, start)) {
      start--;
    }
    int end = index + 1;
    while (end < pieces.size() && end - index <= NEAR && !pieces.get(end).is(Kind.POINT)) {
      end++;
    }
    return new NumberContext(
            pieces.subList(start, index), pieces.get(index), pieces.subList(index + 1, end), false)
        .read();
  }

  /** Whether the piece before {@code index} belongs to another sentence or number. */
  private static boolean endsBefore(List<AnswerPiece> pieces, int index) {
    AnswerPiece piece = pieces.get(index - 1);
    return piece.isNumber() || piece.is(Kind.POINT);
  }

  private static boolean balanced(List<AnswerPiece> pieces) {
    StringBuilder open = new StringBuilder();
    int bold = 0;
    for (AnswerPiece piece : pieces) {
      if (piece.is(Kind.OPEN)) {
        open.append(piece.text().equals("(") ? ')' : '}');
      } else if (piece.is(Kind.CLOSE)) {
        int last = open.length() - 1;
        if (last < 0 || open.charAt(last) != piece.text().charAt(0)) {
          return false;
        }
        open.setLength(last);
      }
      bold += piece.is(Kind.MARK) && !piece.text().equals("~") ? 1 : 0;
    }
    return open.isEmpty() && bold % 2 == 0;
  }

  private Optional<Quantity> read() {
    return readBefore() && readAfter()
        ? Optional.of(new Quantity(value, percent))
        : Optional.empty();
  }

  private boolean readBefore() {
    int end = beforeMarks(before.size());
    if (end > 0 && isSign(end - 1)) {
      String sign = before.get(end - 1).text();
      if (NEGATIVE.contains(sign.toLowerCase(Locale.ROOT))) {
        value = value == null ? null : value.negate();
      }
      end = beforeMarks(end - 1);
    }
    if (end > 0 && !leads(end - 1)) {
      return false;
    }
    for (int i = 0; i < end; i++) {
      AnswerPiece piece = before.get(i);
      boolean word = piece.is(Kind.WORD) && AroundNumbers.isPlain(piece.text());
      boolean name = piece.is(Kind.NAME) && isSubject(i);
      boolean pause =
          piece.is(Kind.COMMA, Kind.COLON, Kind.POINT) && (!whole || (i > 0 && isWordAt(i - 1)));
      boolean mark = piece.is(Kind.MARK, Kind.OPEN, Kind.CLOSE);
      boolean other = !whole && piece.is(Kind.EQUALS);
      if (!word && !name && !pause && !mark && !other) {
        return false;
      }
    }
    return true;
  }

  /** A letter that is no value: {@code I}, {@code a}, {@code x is 5}. */
  private boolean isSubject(int index) {
    String name = before.get(index).text();
    boolean said =
        index + 1 < before.size()
            && (before.get(index + 1).is(Kind.COLON)
                || before.get(index + 1).text().equals("is")
                || before.get(index + 1).text().equals("equals"));
    return !whole || name.equals("I") || name.equalsIgnoreCase("a") || (said && index == 0);
  }

  /** The end of what is before the marks, brackets and currencies that end at {@code end}. */
  private int beforeMarks(int end) {
    int at = end;
    while (at > 0
        && (before.get(at - 1).is(Kind.OPEN, Kind.MARK, Kind.CURRENCY)
            || AroundNumbers.isCurrency(before.get(at - 1).text()))) {
      at--;
    }
    return at;
  }

  /** Whether a sign of the number stands there, and not a sign between two numbers. */
  private boolean isSign(int index) {
    AnswerPiece sign = before.get(index);
    if (sign.is(Kind.WORD)) {
      String word = sign.text().toLowerCase(Locale.ROOT);
      return NEGATIVE.contains(word) || word.equals("plus") || word.equals("positive");
    }
    if (!sign.is(Kind.DASH, Kind.PLUS)) {
      return false;
    }
    boolean afterWord = index > 0 && before.get(index - 1).is(Kind.WORD, Kind.NAME);
    AnswerPiece next = index + 1 < before.size() ? before.get(index + 1) : number;
    boolean touches = !next.spaced();
    return !afterWord || (sign.spaced() && touches);
  }

  private boolean leads(int index) {
    AnswerPiece piece = before.get(index);
    if (piece.is(Kind.COMMA, Kind.COLON, Kind.POINT)) {
      return !whole || (index > 0 && isWordAt(index - 1));
    }
    if (!whole) {
      return piece.is(Kind.WORD, Kind.EQUALS, Kind.CLOSE) || piece.text().equalsIgnoreCase("a");
    }
    if (piece.is(Kind.NAME)) {
      return piece.text().equalsIgnoreCase("a");
    }
    return piece.is(Kind.WORD)
        && AroundNumbers.leads(piece.text(), textAt(index - 1), textAt(index - 2));
  }

  private String textAt(int index) {
    return index < 0 ? "" : before.get(index).text();
  }

  private boolean isWordAt(int index) {
    return before.get(index).is(Kind.WORD, Kind.NAME, Kind.MARK, Kind.CLOSE);
  }

  private boolean readAfter() {
    List<AnswerPiece> rest = new ArrayList<>(after);
    rest.removeIf(piece -> piece.is(Kind.MARK));
    int at = afterClosing(rest, 0);
    if (at < rest.size() && isPercent(rest.get(at))) {
      percent = true;
      at = afterClosing(rest, at + 1);
    } else if (at < rest.size() && rest.get(at).is(Kind.WORD)) {
      Long scale = NumberWords.scale(rest.get(at).text().toLowerCase(Locale.ROOT));
      if (scale != null && rest.get(at).spaced()) {
        value = value == null ? null : value.multiply(new BigFraction(scale));
        at = afterClosing(rest, at + 1);
      }
    } else if (at < rest.size() && rest.get(at).is(Kind.CURRENCY)) {
      at = afterClosing(rest, at + 1);
    }
    return new Units(rest.subList(at, rest.size()), at == 0, whole, value).mayFollow();
  }

  private static int afterClosing(List<AnswerPiece> rest, int from) {
    int at = from;
    while (at < rest.size() && rest.get(at).is(Kind.CLOSE)) {
      at++;
    }
    return at;
  }

  private static boolean isPercent(AnswerPiece piece) {
    return piece.is(Kind.PERCENT) || piece.text().equalsIgnoreCase("percent");
  }
}
