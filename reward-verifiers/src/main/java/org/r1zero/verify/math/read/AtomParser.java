package org.r1zero.verify.math.read;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.math.expr.Expr;
import org.r1zero.verify.math.expr.Op;
import org.r1zero.verify.math.expr.ParseException;

/** Reads numbers, names, brackets and functions, with what is written above, below and after. */
public final class AtomParser {

  /** Letters that are read as functions where a bracket follows: {@code f(x)}. */
  private static final Set<String> FUNCTION_LETTERS = Set.of("f", "g", "h", "F", "G", "H");

  private final TokenStream in;
  private final AnswerParser answers;
  private final TermParser terms;
  private final StructureParser structures;

  AtomParser(TokenStream in, AnswerParser answers, TermParser terms) {
    this.in = in;
    this.answers = answers;
    this.terms = terms;
    this.structures = new StructureParser(in, answers, terms, this);
  }

  Expr atom() throws ParseException {
    in.enter();
    Token token = in.take();
    Expr atom =
        switch (token.kind()) {
          case NUMBER -> number(token);
          case CONSTANT -> meaning(token);
          case LETTER -> letter(token);
          case WORD -> word(token);
          case TEXT -> text(token);
          case FUNCTION -> function(token);
          case STRUCTURE -> structures.read(token.text());
          case OPEN -> bracket(token.text());
          case BAR -> bars();
          default -> throw new ParseException("expected a value, found " + token.text());
        };
    in.leave();
    return atom;
  }

  private static Expr meaning(Token token) throws ParseException {
    Expr meaning = token.meaning();
    if (meaning == null) {
      throw new ParseException("no meaning of " + token.text());
    }
    return meaning;
  }

  private Expr number(Token token) throws ParseException {
    Expr value = meaning(token);
    if (in.nextIs(Token.Kind.OPERATOR, "_")) {
      in.take();
      return base(new Expr.Name(token.text()), subscript());
    }
    return value;
  }

  private static Expr base(Expr digits, String base) {
    return Expr.Call.of(Op.BASE, digits, new Expr.Name(base));
  }

  private Expr letter(Token token) throws ParseException {
    String name = token.text();
    if (FUNCTION_LETTERS.contains(name)) {
      Expr application = application(name);
      if (application != null) {
        return application;
      }
    }
    if (in.nextIs(Token.Kind.OPERATOR, "_")) {
      in.take();
      return new Expr.Name(name + "_" + subscript());
    }
    return switch (name) {
      case "e" -> Expr.Constant.E;
      case "i", "I" -> Expr.Constant.I;
      default -> new Expr.Name(name);
    };
  }

  private @Nullable Expr application(String letter) throws ParseException {
    StringBuilder name = new StringBuilder(letter);
    int position = in.position();
    while (in.takeIf(Token.Kind.OPERATOR, "'")) {
      name.append('\'');
    }
    if (in.nextIs(Token.Kind.OPERATOR, "_")) {
      in.take();
      name.append('_').append(subscript());
    }
    if (in.nextIs(Token.Kind.OPERATOR, "^")) {
      in.take();
      if (exponent() instanceof Expr.Call call
          && call.op() == Op.NEGATE
          && call.arg(0).equals(Expr.Num.of(1))) {
        name.append("^-1");
      } else {
        in.backTo(position);
        return null;
      }
    }
    if (!in.nextIs(Token.Kind.OPEN, "(")) {
      in.backTo(position);
      return null;
    }
    in.take();
    List<Expr> args = insideBrackets();
    in.expect(Token.Kind.CLOSE, ")");
    if (args.isEmpty()) {
      throw new ParseException("a function of nothing");
    }
    return new Expr.Apply(name.toString(), List.copyOf(args));
  }

  /** A longer word is the name before an equals sign, or no mathematics. */
  private static final int MAX_PRODUCT_LETTERS = 4;

  /** Letters side by side are a product. */
  private Expr word(Token token) throws ParseException {
    if (token.text().length() > 2 && in.nextIs(Token.Kind.RELATION)) {
      return new Expr.Text(token.text().toLowerCase(Locale.ROOT));
    }
    if (token.text().length() > MAX_PRODUCT_LETTERS && !Vocabulary.greek(token.text())) {
      throw new ParseException("a word: " + token.text());
    }
    if (in.nextIs(Token.Kind.WORD) && in.peek().spaced()) {
      throw new ParseException("words: " + token.text());
    }
    if (Vocabulary.word(token.text())) {
      if (!TermParser.isEnd(in.peek())) {
        throw new ParseException("a word: " + token.text());
      }
      return text(token);
    }
    if (Vocabulary.greek(token.text())) {
      return letter(new Token(Token.Kind.LETTER, token.text(), null, false));
    }
    in.backTo(in.position() - 1);
    in.splitWord();
    return letter(in.take());
  }

  private static Expr text(Token token) {
    return new Expr.Text(PlainText.words(token.text()));
  }

  /** What stands after {@code _}, as a name. */
  String subscript() throws ParseException {
    if (!in.nextIs(Token.Kind.OPEN, "{")) {
      Token token = in.take();
      if (token.kind() == Token.Kind.END || token.kind() == Token.Kind.CLOSE) {
        throw new ParseException("a subscript without text");
      }
      return token.text();
    }
    in.take();
    StringBuilder name = new StringBuilder();
    int depth = 0;
    while (depth > 0 || !in.nextIs(Token.Kind.CLOSE, "}")) {
      Token token = in.take();
      if (token.kind() == Token.Kind.END) {
        throw new ParseException("a subscript that is never closed");
      }
      depth += token.is(Token.Kind.OPEN, "{") ? 1 : token.is(Token.Kind.CLOSE, "}") ? -1 : 0;
      boolean brace = token.text().equals("{") || token.text().equals("}");
      name.append(brace ? "" : token.text());
    }
    in.take();
    if (name.isEmpty()) {
      throw new ParseException("a subscript without text");
    }
    return name.toString();
  }

  /** What follows {@code ^}. */
  Expr exponent() throws ParseException {
    if (in.takeIf(Token.Kind.OPERATOR, "-")) {
      in.enter();
      Expr exponent = exponent();
      in.leave();
      return Expr.Call.of(Op.NEGATE, exponent);
    }
    in.takeIf(Token.Kind.OPERATOR, "+");
    if (in.nextIs(Token.Kind.OPEN, "{") && in.peek(1).kind() == Token.Kind.CLOSE) {
      throw new ParseException("an exponent without value");
    }
    // The base of x^2_1 has the subscript, not the exponent.
    Expr atom = in.nextIs(Token.Kind.NUMBER) ? meaning(in.take()) : atom();
    if (in.nextIs(Token.Kind.OPERATOR, "^")) {
      in.take();
      in.enter();
      atom = Expr.Call.of(Op.POWER, atom, exponent());
      in.leave();
    }
    return atom;
  }

  /**
   * What follows the {@code _} or {@code ^} of a sum or an integral.
   *
   * @return {@code null} for empty braces
   */
  @Nullable Expr bound() throws ParseException {
    if (in.nextIs(Token.Kind.OPEN, "{")) {
      if (in.peek(1).kind() == Token.Kind.CLOSE) {
        in.take();
        in.take();
        return null;
      }
      return atom();
    }
    if (in.takeIf(Token.Kind.OPERATOR, "-")) {
      Expr bound = bound();
      return bound == null ? null : Expr.Call.of(Op.NEGATE, bound);
    }
    Token token = in.take();
    return switch (token.kind()) {
      case NUMBER, CONSTANT -> meaning(token);
      case LETTER -> new Expr.Name(token.text());
      default -> throw new ParseException("no bound: " + token.text());
    };
  }

  Expr withPostfixes(Expr start) throws ParseException {
    Expr value = start;
    while (in.nextIs(Token.Kind.OPERATOR)) {
      String sign = in.peek().text();
      if (sign.equals("^")) {
        in.take();
        if (!takeDegree()) {
          value = Expr.Call.of(Op.POWER, value, exponent());
        }
      } else if (sign.equals("!")) {
        in.take();
        value = Expr.Call.of(Op.FACTORIAL, value);
      } else if (sign.equals("%")) {
        in.take();
        value = Expr.Call.of(Op.PERCENT, value);
      } else if (sign.equals("°")) {
        takeDegreeSign();
      } else if (sign.equals("_")
          && value instanceof Expr.Call call
          && call.op() == Op.POWER
          && call.arg(0) instanceof Expr.Name name) {
        in.take();
        value = Expr.Call.of(Op.POWER, new Expr.Name(name.name() + "_" + subscript()), call.arg(1));
      } else if (sign.equals("_") && in.previous().kind() == Token.Kind.CLOSE) {
        in.take();
        value = base(value, subscript());
      } else if (sign.equals("'") && value instanceof Expr.Name name) {
        in.take();
        value = new Expr.Name(name.name() + "'");
      } else {
        return value;
      }
    }
    return value;
  }

  /** Takes {@code ^\circ} after its {@code ^}: degrees count as a unit. */
  private boolean takeDegree() {
    if (in.nextIs(Token.Kind.OPERATOR, "°")) {
      takeDegreeSign();
      return true;
    }
    if (in.nextIs(Token.Kind.OPEN, "{")
        && in.peek(1).is(Token.Kind.OPERATOR, "°")
        && in.peek(2).is(Token.Kind.CLOSE, "}")) {
      in.take();
      takeDegreeSign();
      in.take();
      return true;
    }
    if (in.nextIs(Token.Kind.TEXT) && isOrdinal(in.peek().text())) {
      in.take();
      return true;
    }
    return false;
  }

  private static boolean isOrdinal(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "th", "st", "nd", "rd", "o" -> true;
      default -> false;
    };
  }

  private void takeDegreeSign() {
    in.take();
    in.degrees++;
    if ((in.nextIs(Token.Kind.LETTER, "C") || in.nextIs(Token.Kind.LETTER, "F"))
        && TermParser.isEnd(in.peek(1))) {
      in.take();
    }
  }

  private Expr bars() throws ParseException {
    in.openBars++;
    Expr inside = terms.sum();
    in.expect(Token.Kind.BAR, "|");
    in.openBars--;
    return Expr.Call.of(Op.ABS, inside);
  }

  /** Items up to the bracket that closes, with no {@code |} open. */
  List<Expr> insideBrackets() throws ParseException {
    int bars = in.openBars;
    in.openBars = 0;
    List<Expr> items = answers.items();
    in.openBars = bars;
    return items;
  }

  private Expr bracket(String open) throws ParseException {
    if (open.equals("\\{") && structures.startsSetBuilder()) {
      return structures.setBuilder();
    }
    if (open.equals("{") && structures.isChoose()) {
      return structures.choose();
    }
    List<Expr> items = insideBrackets();
    String close = in.take().text();
    return switch (open) {
      case "\\{" -> set(items, close);
      case "{" -> braces(items, close);
      case "⌊" -> rounded(Op.FLOOR, items, close, "⌋");
      case "⌈" -> rounded(Op.CEILING, items, close, "⌉");
      default -> parentheses(open, items, close);
    };
  }

  private static Expr set(List<Expr> items, String close) throws ParseException {
    if (!close.equals("\\}") && !close.equals("}")) {
      throw new ParseException("a set closed by " + close);
    }
    return new Expr.Group(Expr.Shape.SET, List.copyOf(items));
  }

  private static Expr braces(List<Expr> items, String close) throws ParseException {
    if (!close.equals("}")) {
      throw new ParseException("a brace closed by " + close);
    }
    return items.size() == 1 ? items.get(0) : new Expr.Group(Expr.Shape.SET, List.copyOf(items));
  }

  private static Expr rounded(Op op, List<Expr> items, String close, String expected)
      throws ParseException {
    if (items.size() != 1 || !close.equals(expected)) {
      throw new ParseException("a rounding bracket that is not closed");
    }
    return Expr.Call.of(op, items.get(0));
  }

  private static Expr parentheses(String open, List<Expr> items, String close)
      throws ParseException {
    boolean roundOpen = open.equals("(");
    boolean roundClose = close.equals(")");
    if (items.isEmpty() || (!roundClose && !close.equals("]"))) {
      throw new ParseException("brackets that do not match");
    }
    if (items.size() == 1) {
      if (roundOpen != roundClose) {
        throw new ParseException("brackets that do not match");
      }
      return items.get(0);
    }
    if (roundOpen != roundClose && items.size() != 2) {
      throw new ParseException("brackets that do not match");
    }
    Expr.Shape shape =
        roundOpen
            ? roundClose ? Expr.Shape.PARENTHESES : Expr.Shape.LEFT_OPEN
            : roundClose ? Expr.Shape.RIGHT_OPEN : Expr.Shape.BRACKETS;
    return new Expr.Group(shape, List.copyOf(items));
  }

  private Expr function(Token token) throws ParseException {
    return new FunctionReader(in, terms, this).read(token.text());
  }
}
