package org.r1zero.verify.math.expr;

import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;

/** The value of an expression where it is a rational number that takes little work to find. */
public final class Exact {

  /** Larger values are left to the numeric evaluation. */
  private static final int MAX_BITS = 25_000;

  private static final int MAX_FACTORIAL = 2_500;
  private static final BigFraction HUNDRED = new BigFraction(100);

  private Exact() {}

  /** The exact value, or {@code null} where it is irrational, unknown or large. */
  public static @Nullable BigFraction of(Expr expr) {
    if (expr instanceof Expr.Num num) {
      return num.value();
    }
    if (!(expr instanceof Expr.Call call)) {
      return null;
    }
    if (call.op() == Op.BASE) {
      return inBase(call);
    }
    BigFraction[] args = new BigFraction[call.args().size()];
    for (int i = 0; i < args.length; i++) {
      BigFraction arg = of(call.arg(i));
      if (arg == null) {
        return null;
      }
      args[i] = arg;
    }
    return bounded(apply(call.op(), args));
  }

  private static @Nullable BigFraction apply(Op op, BigFraction[] args) {
    return switch (op) {
      case PLUS -> sum(args);
      case TIMES -> args[0].multiply(args[1]);
      case NEGATE -> args[0].negate();
      case DIVIDE -> quotient(args[0], args[1]);
      case RATIO -> args.length == 2 ? quotient(args[0], args[1]) : null;
      case PERCENT -> args[0].divide(HUNDRED);
      case POWER -> power(args[0], args[1]);
      case ROOT -> root(args[0], args[1]);
      case ABS -> args[0].abs();
      case FLOOR -> new BigFraction(floor(args[0]));
      case CEILING -> new BigFraction(floor(args[0].negate()).negate());
      case FACTORIAL -> factorial(args[0]);
      case BINOMIAL -> binomial(args[0], args[1]);
      case MAX, MIN -> extreme(op, args);
      case GCD, LCM -> common(op, args);
      case MOD -> args.length == 2 ? modulo(args[0], args[1]) : null;
      case LOG -> args.length == 2 ? logarithm(args[0], args[1]) : null;
      default -> null;
    };
  }

  private static @Nullable BigFraction bounded(@Nullable BigFraction value) {
    return value == null
            || value.getNumerator().bitLength() > MAX_BITS
            || value.getDenominator().bitLength() > MAX_BITS
        ? null
        : value;
  }

  private static BigFraction sum(BigFraction[] args) {
    BigFraction sum = BigFraction.ZERO;
    for (BigFraction arg : args) {
      sum = sum.add(arg);
    }
    return sum;
  }

  private static @Nullable BigFraction quotient(BigFraction a, BigFraction b) {
    return isZero(b) ? null : a.divide(b);
  }

  /** Whether it is 0. */
  public static boolean isZero(BigFraction value) {
    return value.getNumerator().signum() == 0;
  }

  /** Whether it is a whole number. */
  public static boolean isWhole(BigFraction value) {
    return value.getDenominator().equals(BigInteger.ONE);
  }

  /** A power with a whole or an exactly solvable exponent. */
  static @Nullable BigFraction power(BigFraction base, BigFraction exponent) {
    if (exponent.getDenominator().bitLength() > 6 || exponent.getNumerator().bitLength() > 15) {
      return null;
    }
    int degree = exponent.getDenominator().intValue();
    BigFraction rooted = degree == 1 ? base : root(base, new BigFraction(degree));
    int power = exponent.getNumerator().intValue();
    if (rooted == null || (isZero(rooted) && power <= 0)) {
      return null;
    }
    long bits =
        (long) Math.max(rooted.getNumerator().bitLength(), rooted.getDenominator().bitLength())
            * Math.abs(power);
    return bits > MAX_BITS ? null : rooted.pow(power);
  }

  /** A root that is rational; of a negative number one with an odd index. */
  static @Nullable BigFraction root(BigFraction value, BigFraction index) {
    if (!isWhole(index) || index.getNumerator().bitLength() > 6 || index.intValue() < 1) {
      return null;
    }
    int degree = index.intValue();
    if (value.getNumerator().signum() < 0) {
      BigFraction positive = degree % 2 == 0 ? null : root(value.negate(), index);
      return positive == null ? null : positive.negate();
    }
    BigInteger top = root(value.getNumerator(), degree);
    BigInteger bottom = root(value.getDenominator(), degree);
    return top == null || bottom == null ? null : new BigFraction(top, bottom);
  }

  private static @Nullable BigInteger root(BigInteger value, int degree) {
    if (degree == 1) {
      return value;
    }
    BigInteger root;
    if (degree == 2) {
      root = value.sqrt();
    } else {
      BigInteger low = BigInteger.ZERO;
      BigInteger high = BigInteger.ONE.shiftLeft(value.bitLength() / degree + 1);
      while (low.compareTo(high) < 0) {
        BigInteger middle = low.add(high).add(BigInteger.ONE).shiftRight(1);
        if (middle.pow(degree).compareTo(value) > 0) {
          high = middle.subtract(BigInteger.ONE);
        } else {
          low = middle;
        }
      }
      root = low;
    }
    return root.pow(degree).equals(value) ? root : null;
  }

  private static BigInteger floor(BigFraction value) {
    BigInteger[] parts = value.getNumerator().divideAndRemainder(value.getDenominator());
    return parts[1].signum() < 0 ? parts[0].subtract(BigInteger.ONE) : parts[0];
  }

  private static @Nullable BigFraction factorial(BigFraction value) {
    if (!isWhole(value)
        || value.getNumerator().signum() < 0
        || value.compareTo(new BigFraction(MAX_FACTORIAL)) > 0) {
      return null;
    }
    BigInteger product = BigInteger.ONE;
    for (int i = 2; i <= value.intValue(); i++) {
      product = product.multiply(BigInteger.valueOf(i));
    }
    return new BigFraction(product);
  }

  private static @Nullable BigFraction binomial(BigFraction n, BigFraction k) {
    if (!isWhole(n) || !isWhole(k) || k.getNumerator().signum() < 0) {
      return null;
    }
    if (n.getNumerator().bitLength() > 20 || k.compareTo(new BigFraction(MAX_FACTORIAL)) > 0) {
      return null;
    }
    BigFraction product = BigFraction.ONE;
    for (int i = 0; i < k.intValue(); i++) {
      product = product.multiply(n.subtract(i)).divide(BigInteger.valueOf(i + 1L));
    }
    return product;
  }

  private static @Nullable BigFraction extreme(Op op, BigFraction[] args) {
    if (args.length == 0) {
      return null;
    }
    BigFraction best = args[0];
    for (BigFraction arg : args) {
      int order = arg.compareTo(best);
      best = (op == Op.MAX ? order > 0 : order < 0) ? arg : best;
    }
    return best;
  }

  /** The greatest common divisor of rational numbers, and their least common multiple. */
  private static @Nullable BigFraction common(Op op, BigFraction[] args) {
    if (args.length == 0) {
      return null;
    }
    BigFraction result = args[0].abs();
    for (int i = 1; i < args.length; i++) {
      BigFraction arg = args[i].abs();
      BigInteger bottom = result.getDenominator().multiply(arg.getDenominator());
      BigInteger a = result.getNumerator().multiply(arg.getDenominator());
      BigInteger b = arg.getNumerator().multiply(result.getDenominator());
      BigInteger gcd = a.gcd(b);
      if (op == Op.LCM && gcd.signum() == 0) {
        return BigFraction.ZERO;
      }
      BigInteger top = op == Op.GCD ? gcd : a.divide(gcd).multiply(b);
      result = new BigFraction(top, bottom);
    }
    return result;
  }

  /** The remainder with the sign of the divisor. */
  private static @Nullable BigFraction modulo(BigFraction value, BigFraction divisor) {
    if (isZero(divisor)) {
      return null;
    }
    return value.subtract(divisor.multiply(floor(value.divide(divisor))));
  }

  private static @Nullable BigFraction logarithm(BigFraction value, BigFraction base) {
    if (value.compareTo(BigFraction.ZERO) <= 0
        || base.compareTo(BigFraction.ZERO) <= 0
        || base.equals(BigFraction.ONE)) {
      return null;
    }
    long guess = Math.round(Math.log(value.doubleValue()) / Math.log(base.doubleValue()));
    BigFraction power = Math.abs(guess) > 1000 ? null : power(base, new BigFraction(guess));
    return value.equals(power) ? new BigFraction(guess) : null;
  }

  /** Digits as they were written, in a base from 2 to 36. */
  private static @Nullable BigFraction inBase(Expr.Call call) {
    String digits =
        call.arg(0) instanceof Expr.Name name
            ? name.name()
            : call.arg(0) instanceof Expr.Num num && isWhole(num.value())
                ? num.value().getNumerator().toString()
                : "";
    String base = call.arg(1) instanceof Expr.Name name ? name.name() : "";
    int radix = radix(base);
    try {
      return radix < 2 || digits.isEmpty() || digits.length() > 1000
          ? null
          : new BigFraction(new BigInteger(digits.toLowerCase(Locale.ROOT), radix));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static int radix(String base) {
    List<String> words =
        List.of("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten");
    int word = words.indexOf(base.toLowerCase(Locale.ROOT));
    if (word >= 0) {
      return word + 2;
    }
    if (base.isEmpty() || base.length() > 2 || !base.chars().allMatch(Character::isDigit)) {
      return 0;
    }
    int radix = Integer.parseInt(base);
    return radix <= Character.MAX_RADIX ? radix : 0;
  }
}
