package org.r1zero.verify.code;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares what a program printed with what it should have printed.
 *
 * <p>Line by line, white space at the ends and the amount of white space between words left aside,
 * and so are empty lines at the end. Words are equal as texts; where the expected one is a decimal
 * fraction, as numbers within a relative or absolute 1e-6.
 */
final class OutputComparison {

  private static final double TOLERANCE = 1e-6;

  private OutputComparison() {}

  /** Whether the output is right. */
  static boolean equal(String expected, String actual) {
    List<String> wanted = lines(expected);
    List<String> found = lines(actual);
    if (wanted.size() != found.size()) {
      return false;
    }
    for (int i = 0; i < wanted.size(); i++) {
      if (!lineEqual(wanted.get(i), found.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static List<String> lines(String text) {
    List<String> lines = new ArrayList<>();
    text.lines().forEach(line -> lines.add(line.strip()));
    while (!lines.isEmpty() && lines.get(lines.size() - 1).isEmpty()) {
      lines.remove(lines.size() - 1);
    }
    return lines;
  }

  private static boolean lineEqual(String expected, String actual) {
    if (expected.equals(actual)) {
      return true;
    }
    String[] wanted = expected.split("\\s+", -1);
    String[] found = actual.split("\\s+", -1);
    if (wanted.length != found.length) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (!wanted[i].equals(found[i]) && !close(wanted[i], found[i])) {
        return false;
      }
    }
    return true;
  }

  private static boolean close(String expected, String actual) {
    if (expected.indexOf('.') < 0 || !isNumber(expected) || !isNumber(actual)) {
      return false;
    }
    double wanted = new BigDecimal(expected).doubleValue();
    double found = new BigDecimal(actual).doubleValue();
    return Math.abs(wanted - found) <= TOLERANCE * Math.max(1, Math.abs(wanted));
  }

  private static boolean isNumber(String word) {
    return word.length() <= 50
        && word.matches("[-+]?(\\d++(\\.\\d*+)?|\\.\\d++)([eE][-+]?\\d{1,3})?");
  }
}
