package org.r1zero.verify.math;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;

/**
 * One unsigned number at a place in a text: {@code 12}, {@code 1,234.50}, {@code 3/4}, {@code 2
 * 1/2}, {@code \frac{3}{4}}, {@code 2\frac{1}{2}}, {@code 1e3}, {@code 6 \times 10^{23}}, {@code
 * 10^3}.
 *
 * @param value exact; {@code null} where it is too large
 * @param end the index after it
 */
record NumberForm(@Nullable BigFraction value, int end) {

  private static final int MAX_DIGITS = 300;
  private static final int MAX_EXPONENT = 300;

  private static final Pattern NUMBER =
      Pattern.compile(
          fraction("a")
              + "|(?<whole>\\d++)(?:\\s{0,3}+"
              + fraction("b")
              + "|[ ]++(?<over>\\d++)/(?<under>\\d++)(?![\\d./]))"
              + "|"
              + powerOfTen("ten")
              + "|(?<plain>(?:\\d{1,3}+(?:,\\d{3}){1,100}+(?![\\d,])|\\d++)(?:\\.\\d++)?+|\\.\\d++)"
              + "(?:\\s?+/\\s?+(?<by>\\d++(?:\\.\\d++)?+)(?![\\d/.])"
              + "|[eE](?<e>[-+]?+\\d++)(?!\\w)"
              + "|\\s{0,3}+[×x*]\\s{0,3}+"
              + powerOfTen("scale")
              + ")?+");

  private static String fraction(String name) {
    return "\\\\[dt]?frac\\s{0,3}+(?:\\{\\s?+(?<NAMEa>-?+\\d++)\\s?+\\}|(?<NAMEb>\\d))\\s{0,3}+"
            .replace("NAME", name)
        + "(?:\\{\\s?+(?<NAMEc>\\d++)\\s?+\\}|(?<NAMEd>\\d)(?!\\d))".replace("NAME", name);
  }

  private static String powerOfTen(String name) {
    return "10\\s?+\\^\\s?+(?:\\{\\s?+(?<NAMEa>[-+]?+\\d++)\\s?+\\}|(?<NAMEb>[-+]?+\\d++))"
        .replace("NAME", name);
  }

  /** The number that starts at {@code at}; {@code null} where none does or it divides by zero. */
  static @Nullable NumberForm at(String text, int at) {
    Matcher matcher = NUMBER.matcher(text).region(at, text.length());
    matcher.useTransparentBounds(true);
    if (!matcher.lookingAt()) {
      return null;
    }
    if (matcher.end() - at > MAX_DIGITS) {
      return new NumberForm(null, matcher.end());
    }
    String exponent = first(matcher, "e", "tena", "tenb", "scalea", "scaleb");
    if (exponent != null && new BigInteger(exponent).abs().bitLength() > 31) {
      return new NumberForm(null, matcher.end());
    }
    int power = exponent == null ? 0 : new BigInteger(exponent).intValue();
    if (Math.abs((long) power) > MAX_EXPONENT) {
      return new NumberForm(null, matcher.end());
    }
    BigFraction value = value(matcher);
    return value == null
        ? null
        : new NumberForm(value.multiply(new BigFraction(10).pow(power)), matcher.end());
  }

  private static @Nullable BigFraction value(Matcher matcher) {
    String whole = matcher.group("whole");
    if (whole != null) {
      BigFraction part =
          matcher.group("over") != null
              ? ratio(matcher.group("over"), matcher.group("under"))
              : ratio(first(matcher, "ba", "bb"), first(matcher, "bc", "bd"));
      return part == null || part.compareTo(BigFraction.ZERO) < 0 ? null : part.add(decimal(whole));
    }
    String top = first(matcher, "aa", "ab");
    if (top != null) {
      return ratio(top, first(matcher, "ac", "ad"));
    }
    String plain = matcher.group("plain");
    if (plain == null) {
      return BigFraction.ONE;
    }
    String by = matcher.group("by");
    return by == null ? decimal(plain) : ratio(plain, by);
  }

  private static @Nullable String first(Matcher matcher, String... groups) {
    for (String group : groups) {
      if (matcher.group(group) != null) {
        return matcher.group(group);
      }
    }
    return null;
  }

  private static @Nullable BigFraction ratio(@Nullable String numerator, @Nullable String by) {
    if (numerator == null || by == null) {
      return null;
    }
    BigFraction denominator = decimal(by);
    return denominator.equals(BigFraction.ZERO) ? null : decimal(numerator).divide(denominator);
  }

  private static BigFraction decimal(String text) {
    BigDecimal decimal = new BigDecimal(text.replace(",", ""));
    return new BigFraction(decimal.unscaledValue(), BigInteger.TEN.pow(decimal.scale()));
  }
}
