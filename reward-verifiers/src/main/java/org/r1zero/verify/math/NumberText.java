package org.r1zero.verify.math;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;

/**
 * Reads exact numbers as people write them: {@code 1,234.50}, {@code -3/4}, {@code 2 1/2}, {@code
 * \frac{3}{4}}, {@code 6.02 \times 10^{23}}, {@code $5}, {@code 40%}, {@code 12 apples}.
 *
 * <p>Bounded: one pass, and numbers of more than 300 digits or powers of ten beyond 300 have no
 * value.
 */
final class NumberText {

  private static final int MAX_DIGITS = 300;
  private static final int MAX_EXPONENT = 300;

  /**
   * Groups: 1 sign; 2, 3 a LaTeX fraction; 4, 5, 6 a mixed number; 7 a plain number; 8 its
   * denominator; 9, 10 its power of ten.
   */
  private static final Pattern NUMBER =
      Pattern.compile(
          "((?:(?<![\\w)}\\]])|(?<=^)|(?<=\\s))[-+]\\s?+)?+(?<![\\p{L}_\\d.,]|\\d[.,])"
              + "(?:\\\\[dt]?frac\\s*+\\{\\s*+(-?+\\d++)\\s*+\\}\\s*+\\{\\s*+(\\d++)\\s*+\\}"
              + "|(\\d++)[ \\u00a0]++(\\d++)/(\\d++)(?![\\d./])"
              + "|((?:\\d{1,3}+(?:,\\d{3}){1,100}+(?![\\d,])|\\d++)(?:\\.\\d++)?+|\\.\\d++)"
              + "(?:\\s?+/\\s?+(\\d++(?:\\.\\d++)?+)(?![\\d/])"
              + "|[eE]([-+]?+\\d++)(?![\\w])"
              + "|\\s*+(?:\\\\times|\\\\cdot|[×x*])\\s*+10\\s*+\\^\\s*+\\{?+\\s*+([-+]?+\\d++)\\s*+\\}?+)?+)");

  /** What makes the numbers around it a calculation or another number than the one that is read. */
  private static final Pattern OPERATOR =
      Pattern.compile(
          "[\\^*/+<>√∛∜π≤≥≠±∞|_]|\\\\(?:sqrt|pi|[lg]eq?|pm|infty|log|ln|sin|cos|tan)\\b");

  private static final Pattern UNIT_POWER =
      Pattern.compile(
          "(?<=[A-Za-z}])\\s?\\^\\s?(?:\\{\\s?-?[123]\\s?\\}|-?[123])|\\^\\s?\\{?\\s?\\\\circ\\s?\\}?");
  private static final Pattern DECORATION =
      Pattern.compile(
          "\\\\[\\[\\]()]|\\\\left|\\\\right|\\\\[$]|[$€£¥₹]"
              + "|(?<![A-Za-z])(?:USD|EUR|GBP|INR|JPY|CNY|US|Rs\\.?)(?=\\s?-?\\s?[\\d.])|\\*\\*");

  private NumberText() {}

  /**
   * A number that was read.
   *
   * @param value its exact value, a percent sign left aside; {@code null} if it is too large
   * @param percent whether a percent sign follows
   */
  record Quantity(@Nullable BigFraction value, boolean percent) {}

  /**
   * The one number of a short text; units and words around it are allowed, other numbers and
   * calculations are not. After an equals sign only what follows it counts.
   */
  static Optional<Quantity> only(String text) {
    if (text.length() > 2000) {
      return Optional.empty();
    }
    String plain = plain(text.substring(text.lastIndexOf('=') + 1));
    plain = UNIT_POWER.matcher(plain).replaceAll(" ");
    Matcher matcher = NUMBER.matcher(plain);
    if (!matcher.find()) {
      return Optional.empty();
    }
    Optional<Quantity> number = number(matcher, plain);
    String rest = plain.substring(0, matcher.start()) + " # " + plain.substring(matcher.end());
    boolean clean =
        !hasDigit(rest) && !OPERATOR.matcher(rest).find() && !plain.startsWith("!", matcher.end());
    return clean ? number : Optional.empty();
  }

  /** The last number of a text of any length. */
  static Optional<Quantity> last(String text) {
    // The last number of a long text is near its end, and no number is this long.
    String plain = plain(text.substring(Math.max(0, text.length() - 20_000)));
    Matcher matcher = NUMBER.matcher(plain);
    Optional<Quantity> last = Optional.empty();
    while (matcher.find()) {
      last = number(matcher, plain);
    }
    return last;
  }

  private static String plain(String text) {
    String plain = text.replace('−', '-').replace('–', '-').replace("{,}", ",").replace("\\!", "");
    plain = plain.replace("\\,", " ").replace("\\;", " ").replace("\\ ", " ").replace("\\%", "%");
    return DECORATION.matcher(plain).replaceAll("");
  }

  private static boolean hasDigit(String text) {
    return text.chars().anyMatch(Character::isDigit);
  }

  private static Optional<Quantity> number(Matcher matcher, String text) {
    BigFraction value = value(matcher);
    int after = matcher.end();
    while (after < text.length() && (text.charAt(after) == ' ' || text.charAt(after) == '}')) {
      after++;
    }
    boolean percent = after < text.length() && text.charAt(after) == '%';
    return value == null && tooLarge(matcher)
        ? Optional.of(new Quantity(null, percent))
        : Optional.ofNullable(value).map(v -> new Quantity(v, percent));
  }

  private static boolean tooLarge(Matcher matcher) {
    return matcher.end() - matcher.start() > MAX_DIGITS || matcher.group(9) != null;
  }

  private static @Nullable BigFraction value(Matcher matcher) {
    if (matcher.end() - matcher.start() > MAX_DIGITS) {
      return null;
    }
    BigFraction value = unsigned(matcher);
    String sign = matcher.group(1);
    return value != null && sign != null && sign.startsWith("-") ? value.negate() : value;
  }

  private static @Nullable BigFraction unsigned(Matcher matcher) {
    if (matcher.group(2) != null) {
      return ratio(decimal(matcher.group(2)), decimal(matcher.group(3)));
    }
    if (matcher.group(4) != null) {
      BigFraction fraction = ratio(decimal(matcher.group(5)), decimal(matcher.group(6)));
      return fraction == null ? null : fraction.add(decimal(matcher.group(4)));
    }
    String plain = matcher.group(7);
    for (int end = 0; end < plain.length(); end++) {
      if ("0123456789.,".indexOf(plain.charAt(end)) < 0) {
        plain = plain.substring(0, end);
      }
    }
    BigFraction value = decimal(plain.replace(",", ""));
    if (matcher.group(8) != null) {
      return ratio(value, decimal(matcher.group(8)));
    }
    String exponent = matcher.group(9) != null ? matcher.group(9) : matcher.group(10);
    return exponent == null ? value : scaled(value, exponent);
  }

  private static @Nullable BigFraction scaled(BigFraction value, String exponent) {
    BigInteger power = new BigInteger(exponent);
    if (power.abs().compareTo(BigInteger.valueOf(MAX_EXPONENT)) > 0) {
      return null;
    }
    return value.multiply(new BigFraction(10).pow(power.intValue()));
  }

  private static @Nullable BigFraction ratio(BigFraction numerator, BigFraction denominator) {
    return denominator.equals(BigFraction.ZERO) ? null : numerator.divide(denominator);
  }

  private static BigFraction decimal(String text) {
    BigDecimal decimal = new BigDecimal(text);
    BigInteger unscaled = decimal.unscaledValue();
    return decimal.scale() <= 0
        ? new BigFraction(unscaled.multiply(BigInteger.TEN.pow(-decimal.scale())))
        : new BigFraction(unscaled, BigInteger.TEN.pow(decimal.scale()));
  }
}
