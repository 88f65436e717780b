package org.r1zero.verify.math.read;

import java.util.regex.Pattern;

/**
 * Tells {@code 2e-1}, which is 2e - 1, from the same signs for 0.2.
 *
 * <p>A text is read in one of the two ways, never in both: with Euler's number where another e of
 * the same text shows it, or where the gold has it. A gold with a whole factor other than one means
 * Euler's number; {@code 1e-5}, {@code 1.5e-3} and {@code 2e+06} are powers of ten.
 */
public final class EulersNumber {

  /** A whole number, e, and a sign with digits that do not begin with zero. */
  private static final Pattern UNCLEAR =
      Pattern.compile("(?<![\\d.,])(\\d{1,9})e(?=\\s?[+-]\\s?[1-9]\\d{0,2}(?![\\d.]))");

  private static final Pattern FACTOR =
      Pattern.compile("(?<![\\d.,])(?!1e)(\\d{1,9})e(?=[+-][1-9]\\d{0,2}(?![\\d.]))");

  /** An e that is not a letter of a word and not the sign for a power of ten. */
  private static final Pattern EULER =
      Pattern.compile(
          "\\\\(?:mathrm|text|operatorname|rm)\\s?\\{?\\s?e\\s?\\}|\\\\exp\\b"
              + "|(?<![A-Za-z\\d.])e(?![A-Za-z])|(?<=\\d)\\s?e(?![A-Za-z\\d+-])|(?<=\\d)e(?=\\s?[+-]\\s)");

  private EulersNumber() {}

  /** Whether a text shows that its e is Euler's number. */
  static boolean isIn(String text) {
    return text.indexOf('e') >= 0
        && text.length() <= AnswerText.MAX_LENGTH
        && EULER.matcher(text).find();
  }

  /** Whether a gold means Euler's number by its e. */
  public static boolean isInGold(String gold) {
    return isIn(gold) || (gold.indexOf('e') > 0 && FACTOR.matcher(gold).find());
  }

  /** The text with a space before each e that is Euler's number. */
  static String apart(String text) {
    return UNCLEAR.matcher(text).replaceAll("$1 e");
  }
}
