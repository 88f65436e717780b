package org.r1zero.verify.math.read;

import java.util.List;
import org.r1zero.verify.math.expr.Expr;
import org.r1zero.verify.math.expr.Exprs;
import org.r1zero.verify.math.expr.Op;
import org.r1zero.verify.math.expr.ParseException;

/** Reads sums, products, integrals, limits and derivatives. */
public final class CalculusReader {

  private final TokenStream in;
  private final TermParser terms;
  private final AtomParser atoms;

  CalculusReader(TokenStream in, TermParser terms, AtomParser atoms) {
    this.in = in;
    this.terms = terms;
    this.atoms = atoms;
  }

  /** {@code \sum_{k=1}^{n} a}. */
  Expr series(Op op) throws ParseException {
    Expr index = null;
    Expr from = null;
    Expr to = null;
    while (in.nextIs(Token.Kind.OPERATOR)
        && (in.peek().text().equals("_") || in.peek().text().equals("^"))) {
      if (in.take().text().equals("^")) {
        to = atoms.bound();
      } else {
        in.expect(Token.Kind.OPEN, "{");
        index = name(terms.sum());
        in.expect(Token.Kind.RELATION, "EQUAL");
        from = terms.sum();
        in.expect(Token.Kind.CLOSE, "}");
      }
    }
    if (index == null || from == null || to == null) {
      throw new ParseException("a series without its bounds");
    }
    Expr term = terms.product();
    return index == Expr.Constant.I
        ? Expr.Call.of(op, indexed(term), new Expr.Name("i"), from, to)
        : Expr.Call.of(op, term, index, from, to);
  }

  /** An i under a sum that counts with it is a variable. */
  private static Expr indexed(Expr expr) {
    return expr == Expr.Constant.I
        ? new Expr.Name("i")
        : Exprs.mapParts(expr, CalculusReader::indexed);
  }

  /** An index i is a variable here. */
  private static Expr name(Expr expr) throws ParseException {
    if (expr == Expr.Constant.I) {
      return expr;
    }
    if (expr instanceof Expr.Name) {
      return expr;
    }
    throw new ParseException("no name of an index");
  }

  /** {@code \lim_{x \to a^+} f}. */
  Expr limit() throws ParseException {
    in.expect(Token.Kind.OPERATOR, "_");
    in.expect(Token.Kind.OPEN, "{");
    Expr variable = name(atoms.atom());
    in.expect(Token.Kind.OPERATOR, "→");
    boolean negative = in.takeIf(Token.Kind.OPERATOR, "-");
    Expr point = atoms.atom();
    int side = 0;
    if (in.takeIf(Token.Kind.OPERATOR, "^")) {
      boolean braces = in.takeIf(Token.Kind.OPEN, "{");
      side = in.take().text().equals("-") ? -1 : 1;
      if (braces) {
        in.expect(Token.Kind.CLOSE, "}");
      }
    }
    in.expect(Token.Kind.CLOSE, "}");
    return Expr.Call.of(
        Op.LIMIT,
        terms.product(),
        variable,
        negative ? Expr.Call.of(Op.NEGATE, point) : point,
        Expr.Num.of(side));
  }

  /** {@code \int_a^b f dx}. */
  Expr integral() throws ParseException {
    Expr from = null;
    Expr to = null;
    while (in.nextIs(Token.Kind.OPERATOR)
        && (in.peek().text().equals("_") || in.peek().text().equals("^"))) {
      boolean upper = in.take().text().equals("^");
      Expr end = atoms.bound();
      if (upper) {
        to = end;
      } else {
        from = end;
      }
    }
    if ((from == null) != (to == null)) {
      throw new ParseException("an integral with one bound");
    }
    unwrap();
    int differential = differential();
    Expr variable = new Expr.Name(in.peek(differential + 1).text());
    Expr integrand = integrand(differential);
    return from == null || to == null
        ? Expr.Call.of(Op.INTEGRAL, integrand, variable)
        : Expr.Call.of(Op.INTEGRAL, integrand, variable, from, to);
  }

  /** Takes away brackets around integrand and differential: {@code \int (x dx)}. */
  private void unwrap() {
    if (!in.nextIs(Token.Kind.OPEN)) {
      return;
    }
    int depth = 0;
    for (int ahead = 0; in.peek(ahead).kind() != Token.Kind.END; ahead++) {
      Token token = in.peek(ahead);
      depth += token.kind() == Token.Kind.OPEN ? 1 : token.kind() == Token.Kind.CLOSE ? -1 : 0;
      if (depth == 0) {
        boolean inside =
            in.peek(ahead - 1).text().startsWith("d") || in.peek(ahead - 2).text().equals("d");
        boolean last = TermParser.isEnd(in.peek(ahead + 1));
        if (inside && last && ahead > 2) {
          int position = in.position();
          in.backTo(position + ahead);
          in.replaceNext(List.of());
          in.backTo(position);
          in.replaceNext(List.of());
        }
        return;
      }
    }
  }

  /** How far ahead the {@code d} of {@code dx} stands; its tokens are put apart. */
  private int differential() throws ParseException {
    int depth = 0;
    for (int ahead = 0; in.peek(ahead).kind() != Token.Kind.END; ahead++) {
      Token token = in.peek(ahead);
      if (token.kind() == Token.Kind.OPEN) {
        depth++;
      } else if (token.kind() == Token.Kind.CLOSE && --depth < 0) {
        break;
      }
      if (depth == 0
          && token.kind() == Token.Kind.WORD
          && token.text().length() >= 2
          && token.text().charAt(token.text().length() - 2) == 'd') {
        splitWord(ahead);
        return ahead + token.text().length() - 2;
      }
      if (depth == 0
          && token.is(Token.Kind.LETTER, "d")
          && in.peek(ahead + 1).kind() == Token.Kind.LETTER) {
        return ahead;
      }
    }
    throw new ParseException("an integral without its variable");
  }

  private void splitWord(int ahead) {
    int position = in.position();
    in.backTo(position + ahead);
    in.splitWord();
    in.backTo(position);
  }

  private Expr integrand(int differential) throws ParseException {
    int position = in.position();
    if (differential == 0) {
      in.take();
      in.take();
      return Expr.Num.of(1);
    }
    // What stands before the differential is read as if the text ended there.
    in.backTo(position + differential);
    in.replaceNext(List.of(new Token(Token.Kind.SEPARATOR, ",", null, false)));
    in.backTo(position);
    Expr integrand = terms.sum();
    in.expect(Token.Kind.SEPARATOR, ",");
    in.take();
    return integrand;
  }

  /** Whether {@code {d}{dx}} comes next. */
  boolean startsDerivative() {
    boolean start =
        in.nextIs(Token.Kind.OPEN, "{")
            && in.peek(1).is(Token.Kind.LETTER, "d")
            && in.peek(2).is(Token.Kind.CLOSE, "}")
            && in.peek(3).is(Token.Kind.OPEN, "{");
    boolean word =
        in.peek(4).kind() == Token.Kind.WORD
            && in.peek(4).text().length() == 2
            && in.peek(4).text().startsWith("d")
            && in.peek(5).is(Token.Kind.CLOSE, "}");
    return start && (word || apart());
  }

  /** Whether the differential is written with a space: {@code {d x}}. */
  private boolean apart() {
    return in.peek(4).is(Token.Kind.LETTER, "d")
        && in.peek(5).kind() == Token.Kind.LETTER
        && in.peek(6).is(Token.Kind.CLOSE, "}");
  }

  Expr derivative() throws ParseException {
    boolean apart = apart();
    String variable = apart ? in.peek(5).text() : in.peek(4).text().substring(1);
    for (int i = 0; i < (apart ? 7 : 6); i++) {
      in.take();
    }
    return Expr.Call.of(Op.DERIVATIVE, terms.product(), new Expr.Name(variable));
  }
}
