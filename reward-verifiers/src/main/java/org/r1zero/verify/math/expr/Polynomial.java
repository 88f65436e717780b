package org.r1zero.verify.math.expr;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;

/**
 * A sum of products of powers, with rational coefficients and rational exponents.
 *
 * <p>What a power may be of: variables, constants, functions of something (each a name that stands
 * for it), and prime numbers, whose whole powers belong to the coefficient, so that {@code
 * \sqrt{12}} is {@code 2 * 3^(1/2)}. Powers of the imaginary unit are reduced.
 *
 * @param terms coefficient by product of powers, none zero; not to be changed
 */
public record Polynomial(Map<SortedMap<String, BigFraction>, BigFraction> terms) {

  /** A prime's name starts with it. */
  static final String PRIME = "#";

  static final String IMAGINARY = "i";

  static final Polynomial ONE = of(BigFraction.ONE);

  private static final int MAX_TERMS = 400;

  /** Thrown where a form would need more terms than are worth it. */
  public static final class TooLarge extends Exception {
    private static final long serialVersionUID = 1L;

    TooLarge() {
      super("too many terms", null, false, false);
    }
  }

  static Polynomial of(BigFraction value) {
    Map<SortedMap<String, BigFraction>, BigFraction> terms = new HashMap<>();
    if (!Exact.isZero(value)) {
      terms.put(new TreeMap<>(), value);
    }
    return new Polynomial(terms);
  }

  /** {@code name ^ exponent}. */
  static Polynomial power(String name, BigFraction exponent) {
    SortedMap<String, BigFraction> product = new TreeMap<>();
    product.put(name, exponent);
    Map<SortedMap<String, BigFraction>, BigFraction> terms = new HashMap<>();
    add(terms, product, BigFraction.ONE);
    return new Polynomial(terms);
  }

  boolean isZero() {
    return terms.isEmpty();
  }

  /** The one term there is; {@code null} for none or several. */
  Map.@Nullable Entry<SortedMap<String, BigFraction>, BigFraction> single() {
    return terms.size() == 1 ? terms.entrySet().iterator().next() : null;
  }

  /** The value where no power is left in it. */
  public @Nullable BigFraction constant() {
    if (isZero()) {
      return BigFraction.ZERO;
    }
    Map.Entry<SortedMap<String, BigFraction>, BigFraction> term = single();
    return term != null && term.getKey().isEmpty() ? term.getValue() : null;
  }

  Polynomial plus(Polynomial other) throws TooLarge {
    Map<SortedMap<String, BigFraction>, BigFraction> sum = new HashMap<>(terms);
    other.terms.forEach((product, coefficient) -> merge(sum, product, coefficient));
    return checked(sum);
  }

  Polynomial times(Polynomial other) throws TooLarge {
    if ((long) terms.size() * other.terms.size() > 8L * MAX_TERMS) {
      throw new TooLarge();
    }
    Map<SortedMap<String, BigFraction>, BigFraction> sum = new HashMap<>();
    for (Map.Entry<SortedMap<String, BigFraction>, BigFraction> a : terms.entrySet()) {
      for (Map.Entry<SortedMap<String, BigFraction>, BigFraction> b : other.terms.entrySet()) {
        SortedMap<String, BigFraction> product = new TreeMap<>(a.getKey());
        b.getKey().forEach((name, power) -> product.merge(name, power, BigFraction::add));
        add(sum, product, a.getValue().multiply(b.getValue()));
      }
    }
    return checked(sum);
  }

  Polynomial scaled(BigFraction factor) {
    Map<SortedMap<String, BigFraction>, BigFraction> scaled = new HashMap<>();
    terms.forEach((product, coefficient) -> scaled.put(product, coefficient.multiply(factor)));
    return new Polynomial(scaled);
  }

  private static Polynomial checked(Map<SortedMap<String, BigFraction>, BigFraction> terms)
      throws TooLarge {
    if (terms.size() > MAX_TERMS) {
      throw new TooLarge();
    }
    for (BigFraction coefficient : terms.values()) {
      if (coefficient.getNumerator().bitLength() > 20_000) {
        throw new TooLarge();
      }
    }
    return new Polynomial(terms);
  }

  /** Adds a term, whole powers of primes and of i taken out of the product. */
  private static void add(
      Map<SortedMap<String, BigFraction>, BigFraction> terms,
      SortedMap<String, BigFraction> product,
      BigFraction coefficient) {
    SortedMap<String, BigFraction> reduced = new TreeMap<>();
    BigFraction factor = coefficient;
    for (Map.Entry<String, BigFraction> power : product.entrySet()) {
      BigFraction exponent = power.getValue();
      if (power.getKey().startsWith(PRIME)) {
        BigInteger whole = floor(exponent);
        if (whole.bitLength() < 12) {
          BigFraction prime = new BigFraction(new BigInteger(power.getKey().substring(1)));
          factor = factor.multiply(prime.pow(whole.intValue()));
          exponent = exponent.subtract(new BigFraction(whole));
        }
      } else if (power.getKey().equals(IMAGINARY) && Exact.isWhole(exponent)) {
        int rest = exponent.getNumerator().mod(BigInteger.valueOf(4)).intValue();
        factor = rest >= 2 ? factor.negate() : factor;
        exponent = new BigFraction(rest % 2);
      }
      if (!Exact.isZero(exponent)) {
        reduced.put(power.getKey(), exponent);
      }
    }
    merge(terms, reduced, factor);
  }

  private static BigInteger floor(BigFraction value) {
    BigInteger[] parts = value.getNumerator().divideAndRemainder(value.getDenominator());
    return parts[1].signum() < 0 ? parts[0].subtract(BigInteger.ONE) : parts[0];
  }

  private static void merge(
      Map<SortedMap<String, BigFraction>, BigFraction> terms,
      SortedMap<String, BigFraction> product,
      BigFraction coefficient) {
    BigFraction sum = terms.getOrDefault(product, BigFraction.ZERO).add(coefficient);
    if (Exact.isZero(sum)) {
      terms.remove(product);
    } else {
      terms.put(product, sum);
    }
  }

  /**
   * Whether it can't be zero where all variables are positive: terms of one sign, made of positive
   * constants, their powers, and variables.
   */
  public boolean isPositiveOrNegative() {
    if (isZero()) {
      return false;
    }
    int sign = terms.values().iterator().next().getNumerator().signum();
    return terms.entrySet().stream()
        .allMatch(
            term ->
                term.getValue().getNumerator().signum() == sign
                    && term.getKey().keySet().stream().allMatch(Polynomial::isPositive));
  }

  private static boolean isPositive(String name) {
    String base = name.startsWith("POWER(") ? name.substring("POWER(".length()) : name;
    if (name.contains(IMAGINARY)) {
      return false;
    }
    return base.startsWith(PRIME)
        || base.startsWith("x:")
        || name.equals("E")
        || name.equals("PI")
        || base.startsWith("E)");
  }

  /** The constant {@code c != 0} with {@code this = c * other}, or {@code null}. */
  @Nullable BigFraction ratioTo(Polynomial other) {
    if (isZero() || terms.size() != other.terms.size()) {
      return null;
    }
    BigFraction ratio = null;
    for (Map.Entry<SortedMap<String, BigFraction>, BigFraction> term : terms.entrySet()) {
      BigFraction divisor = other.terms.get(term.getKey());
      if (divisor == null) {
        return null;
      }
      BigFraction quotient = term.getValue().divide(divisor);
      if (ratio != null && !ratio.equals(quotient)) {
        return null;
      }
      ratio = quotient;
    }
    return ratio;
  }

  /** The coefficient of the term whose product comes first by name; {@code null} for zero. */
  @Nullable BigFraction leading() {
    return terms.entrySet().stream()
        .min(Map.Entry.comparingByKey((a, b) -> a.toString().compareTo(b.toString())))
        .map(Map.Entry::getValue)
        .orElse(null);
  }

  String key() {
    SortedMap<String, String> sorted = new TreeMap<>();
    terms.forEach((product, coefficient) -> sorted.put(product.toString(), coefficient.toString()));
    return sorted.toString();
  }
}
