package org.r1zero.verify.math.read;

import java.math.BigInteger;
import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.math.expr.Expr;
import org.r1zero.verify.math.expr.ParseException;

/**
 * Reads one unsigned number at a place in a text: {@code 12}, {@code 1,234.5}, {@code 1{,}234},
 * {@code .5}, {@code 2.5E3}, {@code 0.\overline{3}}.
 *
 * @param digits as they were written, thousands joined
 * @param value the number
 * @param end the index after it
 */
public record NumberScanner(String digits, Expr.Num value, int end) {

  /** Longer numbers and larger powers of ten are not answers, and cost time. */
  private static final int MAX_DIGITS = 1000;

  private static final int MAX_EXPONENT = 1000;

  static boolean startsAt(String text, int at) {
    char c = text.charAt(at);
    return isDigit(c) || (c == '.' && at + 1 < text.length() && isDigit(text.charAt(at + 1)));
  }

  static NumberScanner scan(String text, int start, ReadingRules rules) throws ParseException {
    StringBuilder whole = new StringBuilder();
    int at = digits(text, start, whole);
    if (rules.joinThousands() && whole.length() >= 1 && whole.length() <= 3) {
      at = thousands(text, at, whole);
    }
    StringBuilder fraction = new StringBuilder();
    boolean point = at < text.length() && isPoint(text, at, rules);
    if (point) {
      at = digits(text, at + 1, fraction);
    }
    if (whole.length() + fraction.length() > MAX_DIGITS) {
      throw new ParseException("a number of more than " + MAX_DIGITS + " digits");
    }
    BigFraction value = value(whole, fraction);
    if (point) {
      Repeating repeating = Repeating.at(text, at);
      if (repeating != null) {
        value = value.add(repeating.value(fraction.length()));
        return new NumberScanner(
            whole + "." + fraction, new Expr.Num(value, false), repeating.end());
      }
    }
    int exponentAt = at;
    int exponent = 0;
    if (at + 1 < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      int sign = text.charAt(at + 1) == '-' || text.charAt(at + 1) == '+' ? 1 : 0;
      StringBuilder power = new StringBuilder();
      int after = digits(text, at + 1 + sign, power);
      if (power.length() > 0 && !letterAt(text, after)) {
        exponent = power(power.toString());
        exponent = text.charAt(at + 1) == '-' ? -exponent : exponent;
        exponentAt = after;
      }
    }
    if (exponent != 0) {
      BigFraction scale = new BigFraction(BigInteger.TEN.pow(Math.abs(exponent)));
      value = exponent > 0 ? value.multiply(scale) : value.divide(scale);
    }
    String shown = point ? whole + "." + fraction : whole.toString();
    return new NumberScanner(
        exponentAt > at ? shown + "e" + exponent : shown, new Expr.Num(value, point), exponentAt);
  }

  private static int power(String digits) throws ParseException {
    int power = digits.length() > 4 ? MAX_EXPONENT + 1 : Integer.parseInt(digits);
    if (power > MAX_EXPONENT) {
      throw new ParseException("a power of ten beyond " + MAX_EXPONENT);
    }
    return power;
  }

  private static BigFraction value(StringBuilder whole, StringBuilder fraction) {
    String all = whole.toString() + fraction;
    BigInteger unscaled = all.isEmpty() ? BigInteger.ZERO : new BigInteger(all);
    return fraction.length() == 0
        ? new BigFraction(unscaled)
        : new BigFraction(unscaled, BigInteger.TEN.pow(fraction.length()));
  }

  private static int digits(String text, int start, StringBuilder into) {
    int at = start;
    while (at < text.length() && isDigit(text.charAt(at))) {
      into.append(text.charAt(at++));
    }
    return at;
  }

  /** Groups of three digits after a comma, {@code {,}}, a thin or a plain space. */
  private static int thousands(String text, int start, StringBuilder into) {
    int at = start;
    String separator = separator(text, at);
    boolean zero = into.charAt(0) == '0';
    while (!separator.isEmpty() && !zero && text.startsWith(separator, at)) {
      int group = at + separator.length();
      while (separator.equals(",") && text.startsWith("\\!", group)) {
        group += 2;
        while (group < text.length() && text.charAt(group) == ' ') {
          group++;
        }
      }
      int end = group;
      while (end < text.length() && end < group + 4 && isDigit(text.charAt(end))) {
        end++;
      }
      if (end != group + 3) {
        break;
      }
      into.append(text, group, end);
      at = end;
    }
    return at;
  }

  private static String separator(String text, int at) {
    for (String separator :
        new String[] {
          ",", "{,}", "{, }", " {,}", " {, }", "\\,", "\\ ", " ", "\u00a0", "\u2009", "\u202f"
        }) {
      if (text.startsWith(separator, at)) {
        return separator;
      }
    }
    return "";
  }

  private static boolean isPoint(String text, int at, ReadingRules rules) {
    boolean sign = text.charAt(at) == '.' || (rules.decimalComma() && text.charAt(at) == ',');
    boolean digit = at + 1 < text.length() && isDigit(text.charAt(at + 1));
    return sign
        && (digit || text.startsWith("\\overline", at + 1) || text.startsWith("\\dot", at + 1));
  }

  private static boolean letterAt(String text, int at) {
    return at < text.length() && Character.isLetter(text.charAt(at));
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /** Digits that repeat for ever, after some that don't. */
  private record Repeating(String digits, int end) {

    static @Nullable Repeating at(String text, int at) {
      for (String open : new String[] {"\\overline{", "\\bar{", "\\dot{"}) {
        if (text.startsWith(open, at)) {
          StringBuilder digits = new StringBuilder();
          int end = NumberScanner.digits(text, at + open.length(), digits);
          if (digits.length() > 0
              && digits.length() <= 50
              && end < text.length()
              && text.charAt(end) == '}') {
            return new Repeating(digits.toString(), end + 1);
          }
        }
      }
      return null;
    }

    BigFraction value(int after) {
      BigInteger nines = BigInteger.TEN.pow(digits.length()).subtract(BigInteger.ONE);
      return new BigFraction(new BigInteger(digits), nines.multiply(BigInteger.TEN.pow(after)));
    }
  }
}
