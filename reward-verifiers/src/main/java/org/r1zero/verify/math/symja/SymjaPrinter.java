package org.r1zero.verify.math.symja;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.commons.math3.fraction.BigFraction;
import org.r1zero.verify.math.expr.Exact;
import org.r1zero.verify.math.expr.Expr;
import org.r1zero.verify.math.expr.Numeric;
import org.r1zero.verify.math.expr.ParseException;

/**
 * Writes expressions in Symja's syntax; variables become v0, v1 and so on, functions u2 and so on.
 */
public final class SymjaPrinter {

  private final Map<String, String> names = new HashMap<>();

  /**
   * The expression as Symja reads it.
   *
   * @throws ParseException where Symja has no word for a part of it
   */
  public String print(Expr expr) throws ParseException {
    if (expr instanceof Expr.Num num) {
      String top = num.value().getNumerator().toString();
      String bottom = num.value().getDenominator().toString();
      return bottom.equals("1") ? "(" + top + ")" : "(" + top + "/" + bottom + ")";
    }
    if (expr instanceof Expr.Name name) {
      return name("x:" + name.name());
    }
    if (expr instanceof Expr.Text text) {
      return name("t:" + text.words());
    }
    if (expr instanceof Expr.Constant constant) {
      return switch (constant) {
        case PI -> "Pi";
        case E -> "E";
        case I -> "I";
        case INFINITY -> "Infinity";
        default -> throw new ParseException("no value: " + constant);
      };
    }
    if (expr instanceof Expr.Apply apply) {
      return name("f:" + apply.function()) + arguments(apply.args());
    }
    if (expr instanceof Expr.Call call) {
      return call(call);
    }
    throw new ParseException("no value");
  }

  private String name(String name) {
    return names.computeIfAbsent(name, key -> (key.startsWith("f:") ? "u" : "v") + names.size());
  }

  private String arguments(List<Expr> args) throws ParseException {
    StringBuilder text = new StringBuilder("(");
    for (int i = 0; i < args.size(); i++) {
      text.append(i == 0 ? "" : ",").append(print(args.get(i)));
    }
    return text.append(")").toString();
  }

  private String call(Expr.Call call) throws ParseException {
    return switch (call.op()) {
      case PERCENT -> "(" + print(call.arg(0)) + "/100)";
      case RATIO -> {
        if (call.args().size() != 2) {
          throw new ParseException("a ratio of several");
        }
        yield "(" + print(call.arg(0)) + ")/(" + print(call.arg(1)) + ")";
      }
      case LOG ->
          call.args().size() == 1
              ? "Log(" + print(call.arg(0)) + ")"
              : "(Log(" + print(call.arg(0)) + ")/Log(" + print(call.arg(1)) + "))";
      case ROOT -> root(call.arg(0), call.arg(1));
      case POWER -> power(call);
      case SUM, PRODUCT ->
          call.op().symja()
              + "("
              + print(call.arg(0))
              + ",{"
              + print(call.arg(1))
              + ","
              + print(call.arg(2))
              + ","
              + print(call.arg(3))
              + "})";
      case INTEGRAL ->
          call.args().size() == 2
              ? "Integrate" + arguments(call.args())
              : "Integrate("
                  + print(call.arg(0))
                  + ",{"
                  + call.args().subList(1, 4).stream()
                      .map(this::unchecked)
                      .collect(Collectors.joining(","))
                  + "})";
      case LIMIT -> limit(call);
      default -> {
        if (call.op().symja().isEmpty()) {
          throw new ParseException("no value: " + call.op());
        }
        yield call.op().symja() + arguments(call.args());
      }
    };
  }

  /** An odd root of a negative number is the real one, as in {@link Numeric}. */
  private String root(Expr radicand, Expr index) throws ParseException {
    if (index.equals(Expr.Num.of(2))) {
      return "Sqrt(" + print(radicand) + ")";
    }
    return isOdd(index)
        ? "Surd(" + print(radicand) + "," + print(index) + ")"
        : "Power(" + print(radicand) + ",1/(" + print(index) + "))";
  }

  private static boolean isOdd(Expr index) {
    return index instanceof Expr.Num num
        && Exact.isWhole(num.value())
        && num.value().getNumerator().testBit(0)
        && num.value().getNumerator().signum() > 0;
  }

  private String power(Expr.Call call) throws ParseException {
    BigFraction exponent = Exact.of(call.arg(1));
    if (exponent == null || Exact.isWhole(exponent) || !isSmallOdd(exponent.getDenominator())) {
      return "Power" + arguments(call.args());
    }
    return "Power(Surd("
        + print(call.arg(0))
        + ","
        + exponent.getDenominator()
        + "),"
        + exponent.getNumerator()
        + ")";
  }

  private static boolean isSmallOdd(BigInteger value) {
    return value.testBit(0) && value.bitLength() < 5;
  }

  private String limit(Expr.Call call) throws ParseException {
    int side = call.arg(3) instanceof Expr.Num num ? num.value().intValue() : 0;
    String direction =
        side == 0 ? "" : ",Direction->\"" + (side > 0 ? "FromAbove" : "FromBelow") + "\"";
    return "Limit("
        + print(call.arg(0))
        + ","
        + print(call.arg(1))
        + "->"
        + print(call.arg(2))
        + direction
        + ")";
  }

  private String unchecked(Expr expr) {
    try {
      return print(expr);
    } catch (ParseException e) {
      return "Indeterminate";
    }
  }
}
