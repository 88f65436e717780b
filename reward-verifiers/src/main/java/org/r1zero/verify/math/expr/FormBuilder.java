package org.r1zero.verify.math.expr;

import java.math.BigInteger;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;

/**
 * Turns expressions into {@link Form}s by the rules of algebra for positive numbers: {@code
 * \sqrt{x^2}} becomes x. A proof that two forms are the same therefore counts only beside {@link
 * Numeric} agreement at negative points.
 */
public final class FormBuilder {

  private static final int MAX_POWER = 40;
  private static final int MAX_PRIME = 1000;

  private FormBuilder() {}

  /** The form of {@code expr}; {@code null} where it divides by zero or has none. */
  public static @Nullable Form of(Expr expr) throws Polynomial.TooLarge {
    if (expr instanceof Expr.Num num) {
      return Form.of(Polynomial.of(num.value()));
    }
    if (expr instanceof Expr.Name name) {
      return atom("x:" + name.name());
    }
    if (expr instanceof Expr.Constant constant) {
      return switch (constant) {
        case I -> atom(Polynomial.IMAGINARY);
        case PI, E -> atom(constant.name());
        default -> null;
      };
    }
    if (expr instanceof Expr.Apply apply) {
      return function("f:" + apply.function(), apply.args());
    }
    if (!(expr instanceof Expr.Call call)) {
      return null;
    }
    return switch (call.op()) {
      case PLUS -> sum(call);
      case NEGATE -> negated(of(call.arg(0)));
      case TIMES -> product(of(call.arg(0)), of(call.arg(1)));
      case DIVIDE -> product(of(call.arg(0)), inverted(of(call.arg(1))));
      case RATIO ->
          call.args().size() == 2 ? product(of(call.arg(0)), inverted(of(call.arg(1)))) : null;
      case PERCENT -> product(of(call.arg(0)), Form.of(Polynomial.of(new BigFraction(1, 100))));
      case POWER -> power(of(call.arg(0)), of(call.arg(1)));
      case ROOT -> root(call);
      case EXP -> power(atom("E"), of(call.arg(0)));
      case LOG -> logarithm(call);
      case TAN -> product(function("SIN", call), inverted(function("COS", call)));
      case COT -> product(function("COS", call), inverted(function("SIN", call)));
      case SEC -> inverted(function("COS", call));
      case CSC -> inverted(function("SIN", call));
      case BASE -> constant(Exact.of(call));
      case PLUS_MINUS, MINUS_PLUS, UNION, INTERSECTION, SET_MINUS, SET_BUILDER -> null;
      case SUM, PRODUCT, INTEGRAL, DERIVATIVE, LIMIT -> null;
      default -> {
        BigFraction exact = Exact.of(call);
        yield exact != null ? constant(exact) : function(call.op().name(), call);
      }
    };
  }

  private static Form atom(String name) {
    return Form.of(Polynomial.power(name, BigFraction.ONE));
  }

  private static @Nullable Form constant(@Nullable BigFraction value) {
    return value == null ? null : Form.of(Polynomial.of(value));
  }

  private static @Nullable Form function(String name, Expr.Call call) throws Polynomial.TooLarge {
    return function(name, call.args());
  }

  private static @Nullable Form function(String name, java.util.List<Expr> args)
      throws Polynomial.TooLarge {
    StringBuilder key = new StringBuilder(name);
    for (Expr arg : args) {
      Form form = of(arg);
      if (form == null) {
        return null;
      }
      key.append('(').append(form.key()).append(')');
    }
    return atom(key.toString());
  }

  private static @Nullable Form sum(Expr.Call call) throws Polynomial.TooLarge {
    Form sum = Form.of(Polynomial.of(BigFraction.ZERO));
    for (Expr arg : call.args()) {
      Form form = of(arg);
      if (form == null) {
        return null;
      }
      sum = sum.plus(form);
    }
    return sum;
  }

  private static @Nullable Form negated(@Nullable Form form) {
    return form == null ? null : form.negated();
  }

  private static @Nullable Form inverted(@Nullable Form form) {
    return form == null ? null : form.inverted();
  }

  private static @Nullable Form product(@Nullable Form a, @Nullable Form b)
      throws Polynomial.TooLarge {
    return a == null || b == null ? null : a.times(b);
  }

  private static @Nullable Form root(Expr.Call call) throws Polynomial.TooLarge {
    Form base = of(call.arg(0));
    Form index = of(call.arg(1));
    BigFraction value = base == null ? null : rational(base);
    BigFraction degree = index == null ? null : rational(index);
    boolean odd = degree != null && Exact.isWhole(degree) && degree.getNumerator().testBit(0);
    if (value != null && odd && value.getNumerator().signum() < 0) {
      Form positive = power(Form.of(Polynomial.of(value.negate())), inverted(index));
      return negated(positive);
    }
    return power(base, inverted(index));
  }

  private static @Nullable BigFraction rational(Form form) {
    BigFraction top = form.top().constant();
    BigFraction bottom = form.bottom().constant();
    return top == null || bottom == null ? null : top.divide(bottom);
  }

  private static @Nullable Form power(@Nullable Form base, @Nullable Form exponent)
      throws Polynomial.TooLarge {
    if (base == null || exponent == null) {
      return null;
    }
    BigFraction value = rational(exponent);
    if (value == null) {
      return symbolicPower(base, exponent);
    }
    if (Exact.isWhole(value)) {
      return wholePower(base, value);
    }
    Form top = monomialPower(base.top(), value);
    Form bottom = monomialPower(base.bottom(), value);
    if (top != null && bottom != null) {
      return product(top, inverted(bottom));
    }
    // A root of a sum gets a name of its own; whole powers of the sum are multiplied out.
    BigInteger degree = value.getDenominator();
    BigInteger[] parts = value.getNumerator().divideAndRemainder(degree);
    boolean below = parts[1].signum() < 0;
    BigInteger whole = below ? parts[0].subtract(BigInteger.ONE) : parts[0];
    BigInteger rest = below ? parts[1].add(degree) : parts[1];
    Form root =
        Form.of(Polynomial.power("POWER(" + base.key() + ")" + degree, new BigFraction(rest)));
    return product(wholePower(base, new BigFraction(whole)), root);
  }

  private static @Nullable Form wholePower(Form base, BigFraction exponent)
      throws Polynomial.TooLarge {
    int power = exponent.getNumerator().bitLength() > 20 ? MAX_POWER + 1 : exponent.intValue();
    Map.Entry<SortedMap<String, BigFraction>, BigFraction> single = base.top().single();
    if (single != null && single.getKey().isEmpty() && base.bottom().equals(Polynomial.ONE)) {
      return constant(Exact.power(single.getValue(), exponent));
    }
    if (Math.abs(power) > MAX_POWER) {
      Form top = monomialPower(base.top(), exponent);
      Form bottom = monomialPower(base.bottom(), exponent);
      return top == null || bottom == null ? null : product(top, inverted(bottom));
    }
    Form factor = power < 0 ? inverted(base) : base;
    if (factor == null) {
      return null;
    }
    Form result = Form.of(Polynomial.ONE);
    for (int i = 0; i < Math.abs(power); i++) {
      result = result.times(factor);
    }
    return result;
  }

  /** A power of one term; {@code null} for sums and where the coefficient does not allow it. */
  private static @Nullable Form monomialPower(Polynomial base, BigFraction exponent)
      throws Polynomial.TooLarge {
    Map.Entry<SortedMap<String, BigFraction>, BigFraction> single = base.single();
    if (single == null) {
      return null;
    }
    Form result = numberPower(single.getValue(), exponent);
    for (Map.Entry<String, BigFraction> power : single.getKey().entrySet()) {
      if (result == null || power.getKey().equals(Polynomial.IMAGINARY)) {
        return null;
      }
      result =
          result.times(
              Form.of(Polynomial.power(power.getKey(), power.getValue().multiply(exponent))));
    }
    return result;
  }

  private static @Nullable Form numberPower(BigFraction base, BigFraction exponent)
      throws Polynomial.TooLarge {
    boolean negative = base.getNumerator().signum() < 0;
    boolean squareRoot = exponent.getDenominator().equals(BigInteger.TWO);
    if (negative && !squareRoot && !Exact.isWhole(exponent)) {
      return null;
    }
    Form result = Form.of(Polynomial.ONE);
    if (negative && squareRoot) {
      result =
          Form.of(Polynomial.power(Polynomial.IMAGINARY, new BigFraction(exponent.getNumerator())));
    } else if (negative && exponent.getNumerator().testBit(0)) {
      result = result.negated();
    }
    SortedMap<BigInteger, Integer> primes = primes(base);
    for (Map.Entry<BigInteger, Integer> prime : primes.entrySet()) {
      result =
          result.times(
              Form.of(
                  Polynomial.power(
                      Polynomial.PRIME + prime.getKey(), exponent.multiply(prime.getValue()))));
    }
    return result;
  }

  /** Prime factors with their exponents; a large rest counts as a prime. */
  private static SortedMap<BigInteger, Integer> primes(BigFraction value) {
    SortedMap<BigInteger, Integer> primes = new TreeMap<>();
    primes(value.getNumerator().abs(), 1, primes);
    primes(value.getDenominator(), -1, primes);
    return primes;
  }

  private static void primes(BigInteger value, int sign, SortedMap<BigInteger, Integer> into) {
    BigInteger rest = value;
    for (int p = 2; p <= MAX_PRIME && rest.bitLength() > 1; p += p == 2 ? 1 : 2) {
      BigInteger prime = BigInteger.valueOf(p);
      while (rest.bitLength() > 1 && rest.mod(prime).signum() == 0) {
        into.merge(prime, sign, Integer::sum);
        rest = rest.divide(prime);
      }
    }
    if (rest.bitLength() > 1) {
      BigInteger root = rest.sqrt();
      boolean square = root.multiply(root).equals(rest);
      into.merge(square ? root : rest, square ? 2 * sign : sign, Integer::sum);
    }
  }

  /** {@code 2^{2n+1}} is {@code 2 (2^n)^2}. */
  private static @Nullable Form symbolicPower(Form base, Form exponent) throws Polynomial.TooLarge {
    BigFraction divisor = exponent.bottom().constant();
    Map.Entry<SortedMap<String, BigFraction>, BigFraction> single = base.top().single();
    if (divisor == null || single == null || base.bottom().constant() == null) {
      return atom("POWER(" + base.key() + ")" + exponent.key());
    }
    BigFraction number = single.getValue().divide(base.bottom().constant());
    if (number.getNumerator().signum() < 0) {
      return atom("POWER(" + base.key() + ")" + exponent.key());
    }
    Form result = Form.of(Polynomial.ONE);
    for (Map.Entry<SortedMap<String, BigFraction>, BigFraction> term :
        exponent.top().terms().entrySet()) {
      BigFraction times = term.getValue().divide(divisor);
      for (Map.Entry<BigInteger, Integer> prime : primes(number).entrySet()) {
        result =
            result.times(
                raised(
                    Polynomial.PRIME + prime.getKey(),
                    times.multiply(prime.getValue()),
                    term.getKey()));
      }
      for (Map.Entry<String, BigFraction> power : single.getKey().entrySet()) {
        result =
            result.times(raised(power.getKey(), times.multiply(power.getValue()), term.getKey()));
      }
    }
    return result;
  }

  private static Form raised(
      String name, BigFraction times, SortedMap<String, BigFraction> exponent) {
    String key = exponent.isEmpty() ? name : "POWER(" + name + ")" + exponent;
    return Form.of(Polynomial.power(key, times));
  }

  private static @Nullable Form logarithm(Expr.Call call) throws Polynomial.TooLarge {
    Form top = naturalLogarithm(call.arg(0));
    if (call.args().size() == 1) {
      return top;
    }
    return product(top, inverted(naturalLogarithm(call.arg(1))));
  }

  private static @Nullable Form naturalLogarithm(Expr expr) throws Polynomial.TooLarge {
    Form form = of(expr);
    if (form == null) {
      return null;
    }
    BigFraction value = rational(form);
    if (value == null || value.compareTo(BigFraction.ZERO) <= 0) {
      return expr == Expr.Constant.E ? Form.of(Polynomial.ONE) : atom("LOG(" + form.key() + ")");
    }
    Form sum = Form.of(Polynomial.of(BigFraction.ZERO));
    for (Map.Entry<BigInteger, Integer> prime : primes(value).entrySet()) {
      Form log = atom("LOG" + Polynomial.PRIME + prime.getKey());
      sum = sum.plus(log.times(Form.of(Polynomial.of(new BigFraction(prime.getValue())))));
    }
    return sum;
  }
}
