package org.r1zero.verify.math.read;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.math.expr.Expr;
import org.r1zero.verify.math.expr.Exprs;
import org.r1zero.verify.math.expr.Matrices;
import org.r1zero.verify.math.expr.Op;
import org.r1zero.verify.math.expr.ParseException;

/** Reads a function by name: {@code \sin^2 x}, {@code \log_2 8}, {@code \gcd(a, b)}. */
public final class FunctionReader {

  private static final Expr MINUS_ONE = Expr.Call.of(Op.NEGATE, Expr.Num.of(1));

  private final TokenStream in;
  private final TermParser terms;
  private final AtomParser atoms;

  FunctionReader(TokenStream in, TermParser terms, AtomParser atoms) {
    this.in = in;
    this.terms = terms;
    this.atoms = atoms;
  }

  Expr read(String name) throws ParseException {
    Op op = Vocabulary.function(name);
    if (op == null) {
      throw new ParseException("unknown function " + name);
    }
    Expr base = null;
    Expr power = null;
    while (in.nextIs(Token.Kind.OPERATOR)
        && ((in.peek().text().equals("_") && base == null)
            || (in.peek().text().equals("^") && power == null))) {
      if (in.take().text().equals("_")) {
        base = atoms.atom();
      } else {
        power = atoms.exponent();
      }
    }
    if (MINUS_ONE.equals(power)) {
      op = inverse(op);
      power = null;
    }
    int degrees = in.degrees;
    List<Expr> args = arguments(op);
    if (in.degrees > degrees && isTrigonometric(op) && args.size() == 1) {
      args = List.of(Exprs.degrees(args.get(0)));
    }
    Expr call = call(op, name, base, args);
    return power == null ? call : Expr.Call.of(Op.POWER, call, power);
  }

  private static boolean isTrigonometric(Op op) {
    return op.compareTo(Op.SIN) >= 0 && op.compareTo(Op.CSC) <= 0;
  }

  private static Op inverse(Op op) throws ParseException {
    try {
      return Op.valueOf("ARC" + op.name());
    } catch (IllegalArgumentException e) {
      throw new ParseException("no inverse of " + op);
    }
  }

  private static Expr call(Op op, String name, @Nullable Expr base, List<Expr> args)
      throws ParseException {
    if ((op == Op.GCD || op == Op.LCM) && args.size() < 2) {
      throw new ParseException(name + " of one value");
    }
    if (op == Op.GCD || op == Op.LCM || op == Op.MAX || op == Op.MIN) {
      return new Expr.Call(op, args);
    }
    if (op == Op.LOG) {
      Expr of =
          base != null
              ? base
              : !name.equals("ln") && args.size() == 1
                  ? Expr.Num.of(10)
                  : args.size() == 2 ? args.get(1) : null;
      return of == null || of == Expr.Constant.E
          ? Expr.Call.of(op, args.get(0))
          : Expr.Call.of(op, args.get(0), of);
    }
    if (args.size() != 1) {
      throw new ParseException(name + " of " + args.size() + " values");
    }
    return op == Op.DETERMINANT && args.get(0) instanceof Expr.Matrix matrix
        ? Matrices.determinant(matrix)
        : Expr.Call.of(op, args.get(0));
  }

  private List<Expr> arguments(Op op) throws ParseException {
    if (in.nextIs(Token.Kind.OPEN)) {
      String open = in.peek().text();
      if (open.equals("(") || open.equals("[") || open.equals("{") || open.equals("\\{")) {
        in.take();
        List<Expr> args = atoms.insideBrackets();
        Token close = in.take();
        if (args.isEmpty() || close.kind() != Token.Kind.CLOSE) {
          throw new ParseException("a function without its argument");
        }
        if (args.size() == 1
            && args.get(0) instanceof Expr.Group group
            && group.items().size() > 1) {
          return group.items();
        }
        return args;
      }
    }
    return List.of(impliedArgument(op));
  }

  /** The factors up to the next sign, bracket or function. */
  private Expr impliedArgument(Op op) throws ParseException {
    in.enter();
    boolean negative = in.takeIf(Token.Kind.OPERATOR, "-");
    List<Expr> factors = new ArrayList<>();
    factors.add(terms.power());
    while (continues(in.peek())) {
      factors.add(terms.power());
    }
    Expr argument = factors.get(0);
    for (Expr factor : factors.subList(1, factors.size())) {
      argument = Expr.Call.of(Op.TIMES, argument, factor);
    }
    boolean angle = factors.contains(Expr.Constant.PI) && op.elementary() && op != Op.LOG;
    if (angle
        && in.nextIs(Token.Kind.OPERATOR, "/")
        && in.peek(1).kind() == Token.Kind.NUMBER
        && in.peek(1).meaning() instanceof Expr.Num divisor
        && !divisor.value().equals(BigFraction.ZERO)) {
      in.take();
      in.take();
      argument = Expr.Call.of(Op.DIVIDE, argument, divisor);
    }
    in.leave();
    return negative ? Expr.Call.of(Op.NEGATE, argument) : argument;
  }

  private boolean continues(Token next) {
    if (next.kind() == Token.Kind.NUMBER) {
      return in.previous().kind() != Token.Kind.NUMBER;
    }
    boolean structure =
        next.kind() == Token.Kind.STRUCTURE
            && (next.text().equals("frac") || next.text().equals("sqrt"));
    return structure
        || next.kind() == Token.Kind.LETTER
        || next.kind() == Token.Kind.CONSTANT
        || (next.kind() == Token.Kind.WORD && !Vocabulary.unit(next.text()));
  }
}
