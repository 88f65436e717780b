package org.r1zero.verify.code;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Compares what a program printed with what it should have printed.
 *
 * <p>Line by line, white space at the ends and the amount of white space between words left aside,
 * and so are empty lines at the end. Words are equal as texts; where the expected one is a decimal
 * fraction, as numbers within a relative or absolute 1e-6; where it is a whole number, also as a
 * decimal fraction of the same value (3.0 for 3).
 */
final class OutputComparison {

  private static final BigDecimal TOLERANCE = new BigDecimal("1e-6");
  private static final Pattern WHOLE = Pattern.compile("-?(?:0|[1-9]\\d*+)");

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
    if (!isNumber(expected) || !isNumber(actual)) {
      return false;
    }
    boolean fraction = expected.indexOf('.') >= 0;
    // 3.0 for 3, but not 11 for 0011: texts of digits need not be numbers
    return (fraction || WHOLE.matcher(expected).matches())
        && (fraction || actual.indexOf('.') >= 0)
        && near(new BigDecimal(expected), new BigDecimal(actual), fraction);
  }

  /**
   * Whether a number counts as the expected one.
   *
   * @param fraction whether the expected one was written as a decimal fraction; a whole number is
   *     met by no other
   */
  static boolean near(BigDecimal expected, BigDecimal actual, boolean fraction) {
    if (!fraction || expected.compareTo(actual) == 0) {
      return expected.compareTo(actual) == 0;
    }
    BigDecimal scale = expected.abs().max(BigDecimal.ONE);
    return expected.subtract(actual).abs().compareTo(TOLERANCE.multiply(scale)) <= 0;
  }

  private static boolean isNumber(String word) {
    return word.length() <= 50
        && word.matches("[-+]?(\\d++(\\.\\d*+)?|\\.\\d++)([eE][-+]?\\d{1,3})?");
  }
}
