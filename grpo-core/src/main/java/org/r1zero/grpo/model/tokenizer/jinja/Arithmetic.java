package org.r1zero.grpo.model.tokenizer.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Python's operators on numbers, strings and lists. */
final class Arithmetic {
  private static final int MAX_LENGTH = 1_000_000;

  private Arithmetic() {}

  static Object apply(String operator, Object left, Object right) {
    if (operator.equals("~")) {
      return joined(Values.text(left), Values.text(right));
    } else if (left instanceof Undefined undefined) {
      throw undefined.failure();
    } else if (right instanceof Undefined undefined) {
      throw undefined.failure();
    } else if (Values.isNumber(left) && Values.isNumber(right)) {
      return numbers(operator, left, right);
    } else if (operator.equals("+") && left instanceof String a && right instanceof String b) {
      return joined(a, b);
    } else if (operator.equals("+") && left instanceof List<?> a && right instanceof List<?> b) {
      Budget.spend(a.size() + b.size());
      List<Object> both = new ArrayList<>(a);
      both.addAll(b);
      return both;
    } else if (operator.equals("*") && left instanceof String text && right instanceof Long n) {
      return text.repeat(length(text.length(), n));
    } else if (operator.equals("*") && left instanceof List<?> items && right instanceof Long n) {
      List<Object> all = new ArrayList<>();
      Collections.nCopies(length(items.size(), n), items).forEach(all::addAll);
      return all;
    }
    throw new JinjaException(
        "'" + operator + "' does not go with " + Values.repr(left) + " and " + Values.repr(right));
  }

  private static int length(int size, long times) {
    long count = Math.max(0, times);
    if (count > MAX_LENGTH || count * size > MAX_LENGTH) {
      throw new JinjaException("a repetition would have more than " + MAX_LENGTH + " items");
    }
    Budget.spend(count * size);
    return (int) count;
  }

  private static String joined(String left, String right) {
    Budget.spend((long) left.length() + right.length());
    return left + right;
  }

  private static Object numbers(String operator, Object left, Object right) {
    boolean whole = !(left instanceof Double || right instanceof Double);
    double b = Values.toDouble(right);
    if (b == 0 && (operator.equals("/") || operator.equals("//") || operator.equals("%"))) {
      throw new JinjaException("division by zero");
    }
    boolean root = operator.equals("**") && b < 0;
    try {
      return whole && !operator.equals("/") && !root
          ? wholeNumbers(operator, Values.integer(left), Values.integer(right))
          : (Object) doubles(operator, Values.toDouble(left), b);
    } catch (ArithmeticException e) {
      throw new JinjaException("a number is too large: " + left + " " + operator + " " + right);
    }
  }

  private static long wholeNumbers(String operator, long a, long b) {
    return switch (operator) {
      case "+" -> Math.addExact(a, b);
      case "-" -> Math.subtractExact(a, b);
      case "*" -> Math.multiplyExact(a, b);
      case "//" -> Math.floorDiv(a, b);
      case "%" -> Math.floorMod(a, b);
      default ->
          java.math.BigInteger.valueOf(a).pow(Math.toIntExact(Math.min(b, 64))).longValueExact();
    };
  }

  private static double doubles(String operator, double a, double b) {
    return switch (operator) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "/" -> a / b;
      case "//" -> Math.floor(a / b);
      case "%" -> a - b * Math.floor(a / b);
      default -> Math.pow(a, b);
    };
  }
}
