package org.r1zero.verify.math.expr;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.complex.Complex;
import org.apache.commons.math3.special.Gamma;

/**
 * The value of an expression at a sample point, as a complex number of double precision.
 *
 * <p>A point gives every variable a number that depends on its name and the point alone. Functions
 * without a meaning ({@code f(x)}) are smooth functions of their own. What has no value, is not
 * finite or takes too long is {@link Complex#NaN}.
 */
public final class Numeric {

  private static final int MAX_TERMS = 2_000;

  private final int point;
  private final boolean negative;
  private final Map<Expr, Complex> bound = new HashMap<>();
  private int work;

  /**
   * Makes a point.
   *
   * @param point its number
   * @param negative whether variables are below zero
   */
  public Numeric(int point, boolean negative) {
    this.point = point;
    this.negative = negative;
  }

  /** A point where one variable has a given value. */
  public static Numeric at(Expr variable, double value) {
    Numeric point = new Numeric(0, false);
    point.bound.put(variable, new Complex(value));
    return point;
  }

  /** Its value; NaN where it has none, or an infinite one. */
  public Complex value(Expr expr) {
    Complex value = compute(expr);
    return value.isNaN() || value.isInfinite() ? Complex.NaN : value;
  }

  private Complex compute(Expr expr) {
    if (expr instanceof Expr.Num num) {
      return new Complex(num.value().doubleValue());
    }
    if (expr instanceof Expr.Name || expr instanceof Expr.Text || expr == Expr.Constant.I) {
      Complex known = bound.get(expr);
      if (known != null) {
        return known;
      }
      return expr == Expr.Constant.I ? Complex.I : new Complex(sample(name(expr).hashCode()));
    }
    if (expr == Expr.Constant.PI) {
      return new Complex(Math.PI);
    }
    if (expr == Expr.Constant.E) {
      return new Complex(Math.E);
    }
    if (expr instanceof Expr.Apply apply) {
      return opaque(apply.function(), apply.args());
    }
    return expr instanceof Expr.Call call ? call(call) : Complex.NaN;
  }

  private static String name(Expr expr) {
    return expr instanceof Expr.Name name
        ? name.name()
        : expr instanceof Expr.Text text ? text.words() : "";
  }

  /** Between 0.3 and 2.7, or between -2.7 and -0.3. */
  private double sample(int hash) {
    long mixed = (hash + 31L * point + 17) * 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ (mixed >>> 32)) * 0xD6E8FEB86659FD93L;
    double share = (mixed >>> 11) * 0x1.0p-53;
    double sample = 0.3 + 2.4 * share;
    return negative ? -sample : sample;
  }

  private Complex opaque(String name, List<Expr> args) {
    Complex sum = new Complex(sample(name.hashCode()));
    for (int i = 0; i < args.size(); i++) {
      sum = sum.add(value(args.get(i)).multiply(0.37 + 0.21 * i));
    }
    return sum.sin().add(sum.multiply(0.6));
  }

  private Complex call(Expr.Call call) {
    if (++work > MAX_TERMS) {
      return Complex.NaN;
    }
    Op op = call.op();
    switch (op) {
      case SUM, PRODUCT -> {
        return series(call);
      }
      case INTEGRAL, DERIVATIVE, LIMIT, SET_BUILDER, UNION, INTERSECTION, SET_MINUS -> {
        return Complex.NaN;
      }
      case BASE -> {
        org.apache.commons.math3.fraction.BigFraction exact = Exact.of(call);
        return exact == null ? Complex.NaN : new Complex(exact.doubleValue());
      }
      default -> {}
    }
    List<Complex> args = new ArrayList<>(call.args().size());
    for (Expr arg : call.args()) {
      Complex value = value(arg);
      if (value.isNaN()) {
        return Complex.NaN;
      }
      args.add(value);
    }
    if (op == Op.POWER && args.get(0).equals(Complex.ZERO) && !Exprs.names(call.arg(1)).isEmpty()) {
      return Complex.NaN;
    }
    return op.elementary() ? Elementary.of(op, args) : arithmetic(op, args);
  }

  private static Complex arithmetic(Op op, List<Complex> args) {
    Complex a = args.get(0);
    Complex b = args.size() > 1 ? args.get(1) : a;
    return switch (op) {
      case PLUS -> args.stream().reduce(Complex.ZERO, Complex::add);
      case TIMES -> a.multiply(b);
      case DIVIDE, RATIO -> args.size() == 2 ? a.divide(b) : Complex.NaN;
      // Not negate(): roots take the side of the cut from the sign of an imaginary zero.
      case NEGATE -> a.getImaginary() == 0 ? new Complex(-a.getReal()) : a.negate();
      case PERCENT -> a.divide(100);
      case POWER -> power(a, b);
      case ROOT -> root(a, b);
      case ABS -> new Complex(a.abs());
      case REAL_PART -> new Complex(a.getReal());
      case IMAGINARY_PART -> new Complex(a.getImaginary());
      case ARGUMENT -> new Complex(a.getArgument());
      case CONJUGATE -> a.conjugate();
      default -> isReal(args) ? real(op, args) : Complex.NaN;
    };
  }

  private static boolean isReal(List<Complex> args) {
    return args.stream().allMatch(arg -> arg.getImaginary() == 0);
  }

  private static Complex real(Op op, List<Complex> args) {
    double[] x = args.stream().mapToDouble(Complex::getReal).toArray();
    double value =
        switch (op) {
          case FLOOR -> Math.floor(x[0] + 1e-12);
          case CEILING -> Math.ceil(x[0] - 1e-12);
          case FACTORIAL -> factorial(x[0]);
          case BINOMIAL -> factorial(x[0]) / (factorial(x[1]) * factorial(x[0] - x[1]));
          case MAX -> java.util.Arrays.stream(x).max().orElse(Double.NaN);
          case MIN -> java.util.Arrays.stream(x).min().orElse(Double.NaN);
          case MOD -> x.length == 2 ? x[0] - x[1] * Math.floor(x[0] / x[1]) : Double.NaN;
          // Of numbers that are not whole these two have no meaning; any symmetric function will
          // do.
          case GCD -> java.util.Arrays.stream(x).map(Math::sin).sum();
          case LCM -> java.util.Arrays.stream(x).map(Math::cos).sum();
          default -> Double.NaN;
        };
    return new Complex(value);
  }

  private static double factorial(double x) {
    return x < 170 && x > -20 ? Gamma.gamma(x + 1) : Double.NaN;
  }

  static Complex power(Complex base, Complex exponent) {
    if (base.getImaginary() == 0 && exponent.getImaginary() == 0) {
      double real = Math.pow(base.getReal(), exponent.getReal());
      if (!Double.isNaN(real)) {
        return new Complex(real);
      }
      real = realPower(base.getReal(), exponent.getReal());
      if (!Double.isNaN(real)) {
        return new Complex(real);
      }
    }
    return base.equals(Complex.ZERO) ? Complex.NaN : base.pow(exponent);
  }

  /** A power of a negative number by a fraction with an odd denominator, like an odd root of it. */
  private static double realPower(double base, double exponent) {
    for (int odd = 3; odd <= 9; odd += 2) {
      double top = exponent * odd;
      if (Math.abs(top - Math.rint(top)) < 1e-12) {
        double size = Math.pow(-base, exponent);
        return Math.rint(top) % 2 == 0 ? size : -size;
      }
    }
    return Double.NaN;
  }

  /** A root; of a negative number with an odd index the real one. */
  private static Complex root(Complex value, Complex index) {
    double n = index.getReal();
    boolean odd = index.getImaginary() == 0 && Math.abs(n % 2) == 1;
    if (value.getImaginary() == 0 && value.getReal() < 0 && odd) {
      return new Complex(-Math.pow(-value.getReal(), 1 / n));
    }
    if (value.getImaginary() == 0 && value.getReal() >= 0 && n == 2) {
      return new Complex(Math.sqrt(value.getReal()));
    }
    return n == 2 && index.getImaginary() == 0
        ? value.sqrt()
        : power(value, Complex.ONE.divide(index));
  }

  private Complex series(Expr.Call call) {
    Complex from = value(call.arg(2));
    Complex to = value(call.arg(3));
    double terms = to.getReal() - from.getReal() + 1;
    boolean whole = Math.rint(from.getReal()) == from.getReal() && Math.rint(terms) == terms;
    if (!whole || !(terms >= 0 && terms <= 500)) {
      return Complex.NaN;
    }
    boolean sum = call.op() == Op.SUM;
    Complex total = sum ? Complex.ZERO : Complex.ONE;
    Expr index = call.arg(1);
    Complex before = bound.get(index);
    for (int i = 0; i < (int) terms; i++) {
      bound.put(index, from.add(i));
      Complex term = value(call.arg(0));
      total = sum ? total.add(term) : total.multiply(term);
    }
    if (before == null) {
      bound.remove(index);
    } else {
      bound.put(index, before);
    }
    return total;
  }
}
