package org.r1zero.grpo.model.tokenizer.jinja;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What Python does with values: truth, text, order, iteration. */
final class Values {
  private Values() {}

  static boolean truth(Object value) {
    if (value instanceof Boolean flag) {
      return flag;
    } else if (value instanceof Number number) {
      return number.doubleValue() != 0;
    } else if (value instanceof String text) {
      return !text.isEmpty();
    } else if (value instanceof Collection<?> items) {
      return !items.isEmpty();
    } else if (value instanceof Map<?, ?> map) {
      return !map.isEmpty();
    }
    return !(value instanceof None || value instanceof Undefined);
  }

  /** Python's {@code str}. */
  static String text(Object value) {
    if (value instanceof String text) {
      return text;
    }
    return value instanceof Undefined ? "" : repr(value);
  }

  /** Python's {@code repr}. */
  static String repr(Object value) {
    Budget.spend(1);
    if (value instanceof Boolean flag) {
      return flag ? "True" : "False";
    } else if (value instanceof None) {
      return "None";
    } else if (value instanceof Undefined) {
      return "Undefined";
    } else if (value instanceof Double number) {
      return number(number);
    } else if (value instanceof String text) {
      return quoted(text);
    } else if (value instanceof List<?> items) {
      return items.stream().map(Values::repr).collect(Collectors.joining(", ", "[", "]"));
    } else if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .map(e -> repr(e.getKey()) + ": " + repr(e.getValue()))
          .collect(Collectors.joining(", ", "{", "}"));
    }
    return value instanceof Long ? value.toString() : "<" + value.getClass().getSimpleName() + ">";
  }

  /** Python's shortest decimal: with an exponent below 1e-4 and from 1e16 on. */
  static String number(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
    }
    BigDecimal decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    int exponent = decimal.precision() - decimal.scale() - 1;
    if (value != 0 && (exponent < -4 || exponent >= 16)) {
      String digits = decimal.unscaledValue().abs().toString();
      String mantissa =
          digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
      String size = (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "");
      return (value < 0 ? "-" : "") + mantissa + "e" + size + Math.abs(exponent);
    }
    String plain = decimal.toPlainString();
    String sign = value == 0 && 1 / value < 0 ? "-" : "";
    return sign + (plain.contains(".") ? plain : plain + ".0");
  }

  private static String quoted(String text) {
    Budget.spend(text.length());
    char quote = text.contains("'") && !text.contains("\"") ? '"' : '\'';
    StringBuilder out = new StringBuilder().append(quote);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\\' -> out.append("\\\\");
        default -> out.append(c == quote ? "\\" : "").append(c);
      }
    }
    return out.append(quote).toString();
  }

  /** What a for loop goes over: items, keys or characters; nothing for an undefined value. */
  static List<Object> iterate(Object value) {
    if (value instanceof Collection<?> items) {
      Budget.spend(items.size());
      return new ArrayList<>(items);
    } else if (value instanceof Map<?, ?> map) {
      Budget.spend(map.size());
      return new ArrayList<>(map.keySet());
    } else if (value instanceof String text) {
      Budget.spend((long) Budget.ITEM * text.length());
      return text.codePoints()
          .mapToObj(Character::toString)
          .collect(Collectors.toCollection(ArrayList::new));
    } else if (value instanceof Undefined) {
      return new ArrayList<>();
    }
    throw new JinjaException(repr(value) + " can't be iterated over");
  }

  static long integer(Object value) {
    if (value instanceof Long number) {
      return number;
    } else if (value instanceof Boolean flag) {
      return flag ? 1 : 0;
    }
    throw new JinjaException("expected a whole number, found " + repr(value));
  }

  static boolean compare(String operator, Object left, Object right) {
    return switch (operator) {
      case "==" -> equal(left, right);
      case "!=" -> !equal(left, right);
      case "in" -> contains(right, left);
      case "not in" -> !contains(right, left);
      case "<" -> order(left, right) < 0;
      case "<=" -> order(left, right) <= 0;
      case ">" -> order(left, right) > 0;
      default -> order(left, right) >= 0;
    };
  }

  /** Python's {@code is}. */
  static boolean same(Object left, Object right) {
    boolean container = left instanceof List<?> || left instanceof Map<?, ?>;
    return left == right || (!container && left.equals(right));
  }

  /** A value as a key: as in Python, no list or dictionary is one. */
  static Object key(Object value) {
    if (value instanceof List<?> || value instanceof Map<?, ?>) {
      throw new JinjaException("a list or dictionary can't be a key");
    }
    return value;
  }

  /** Python's equality: numbers by value, flags as 0 and 1. */
  static boolean equal(Object left, Object right) {
    Budget.spend(1);
    if (isNumber(left) && isNumber(right)) {
      return Double.compare(toDouble(left), toDouble(right)) == 0
          || toDouble(left) == toDouble(right);
    } else if (left instanceof List<?> a && right instanceof List<?> b) {
      boolean same = a.size() == b.size();
      for (int i = 0; same && i < a.size(); i++) {
        same = equal(a.get(i), b.get(i));
      }
      return same;
    }
    if (left instanceof Map<?, ?> a && right instanceof Map<?, ?> b) {
      return a.size() == b.size()
          && a.entrySet().stream()
              .allMatch(e -> b.containsKey(e.getKey()) && equal(e.getValue(), b.get(e.getKey())));
    }
    return (left instanceof Undefined && right instanceof Undefined) || left.equals(right);
  }

  private static boolean contains(Object container, Object item) {
    if (container instanceof String text) {
      if (item instanceof String part) {
        Budget.look(text);
        return text.contains(part);
      }
      throw new JinjaException("only a string can be in a string, not " + repr(item));
    } else if (container instanceof Map<?, ?> map) {
      return map.containsKey(key(item));
    }
    return iterate(container).stream().anyMatch(i -> equal(i, item));
  }

  /** Python's order of numbers, strings and lists. */
  static int order(Object left, Object right) {
    if (isNumber(left) && isNumber(right)) {
      return Double.compare(toDouble(left), toDouble(right));
    } else if (left instanceof String a && right instanceof String b) {
      Budget.look(a);
      return a.compareTo(b);
    } else if (left instanceof Undefined undefined) {
      throw undefined.failure();
    } else if (right instanceof Undefined undefined) {
      throw undefined.failure();
    }
    throw new JinjaException(repr(left) + " and " + repr(right) + " have no order");
  }

  static boolean isNumber(Object value) {
    return value instanceof Number || value instanceof Boolean;
  }

  static double toDouble(Object value) {
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    return integer(value);
  }
}
