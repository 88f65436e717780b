package org.r1zero.verify.countdown;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.fraction.BigFraction;

/**
 * An arithmetic expression of whole numbers, {@code + - * /}, signs and parentheses, with its exact
 * value. {@code × ÷ − ·} are read as their plain forms; there is no multiplication without a sign.
 *
 * @param value exact
 * @param numbers the numbers that stand in it, in order, signs left aside
 */
public record Expression(BigFraction value, List<BigInteger> numbers) {

  /** Longest text that is read, in characters. */
  static final int MAX_LENGTH = 1000;

  private static final int MAX_DEPTH = 50;
  private static final int MAX_DIGITS = 18;

  /**
   * Reads and evaluates.
   *
   * @throws ExpressionException if it is not such an expression, is longer or deeper than the
   *     bounds, or divides by zero
   */
  public static Expression parse(String text) throws ExpressionException {
    if (text.length() > MAX_LENGTH) {
      throw new ExpressionException("longer than " + MAX_LENGTH + " characters");
    }
    Parser parser = new Parser(text);
    BigFraction value = parser.sum(0);
    if (parser.peek() != Parser.END) {
      throw parser.unexpected();
    }
    return new Expression(value, List.copyOf(parser.numbers));
  }

  /** Recursive descent: sum of products of signed numbers and parentheses. */
  private static final class Parser {

    static final char END = '\0';

    final List<BigInteger> numbers = new ArrayList<>();
    private final String text;
    private int at;

    Parser(String text) {
      this.text = text;
    }

    BigFraction sum(int depth) throws ExpressionException {
      BigFraction value = product(depth);
      while (peek() == '+' || peek() == '-') {
        char operator = next();
        BigFraction right = product(depth);
        value = operator == '+' ? value.add(right) : value.subtract(right);
      }
      return value;
    }

    private BigFraction product(int depth) throws ExpressionException {
      BigFraction value = factor(depth);
      while (peek() == '*' || peek() == '/') {
        if (next() == '*') {
          value = value.multiply(factor(depth));
        } else {
          BigFraction divisor = factor(depth);
          if (divisor.equals(BigFraction.ZERO)) {
            throw new ExpressionException("division by zero");
          }
          value = value.divide(divisor);
        }
      }
      return value;
    }

    private BigFraction factor(int depth) throws ExpressionException {
      if (depth > MAX_DEPTH) {
        throw new ExpressionException("nested deeper than " + MAX_DEPTH);
      }
      char c = peek();
      if (c == '-' || c == '+') {
        next();
        BigFraction value = factor(depth + 1);
        return c == '-' ? value.negate() : value;
      }
      if (c == '(') {
        next();
        BigFraction value = sum(depth + 1);
        if (peek() != ')') {
          throw unexpected();
        }
        next();
        return value;
      }
      return number();
    }

    private BigFraction number() throws ExpressionException {
      peek();
      int start = at;
      while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
        at++;
      }
      if (at == start) {
        throw unexpected();
      }
      if (at - start > MAX_DIGITS) {
        throw new ExpressionException("a number of more than " + MAX_DIGITS + " digits");
      }
      BigInteger number = new BigInteger(text.substring(start, at));
      numbers.add(number);
      return new BigFraction(number);
    }

    /** The next character that is not white space, in its plain form; {@link #END} at the end. */
    char peek() {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
      return at == text.length() ? END : plain(text.charAt(at));
    }

    private char next() {
      char c = peek();
      at++;
      return c;
    }

    private static char plain(char c) {
      return switch (c) {
        case '×', '·', '∙', '⋅' -> '*';
        case '÷', '∕' -> '/';
        case '−', '–' -> '-';
        case END -> '?';
        default -> c;
      };
    }

    ExpressionException unexpected() {
      return new ExpressionException(
          at >= text.length()
              ? "ends too early"
              : "unexpected '" + text.charAt(at) + "' at character " + (at + 1));
    }
  }
}
