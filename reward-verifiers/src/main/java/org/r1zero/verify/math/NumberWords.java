package org.r1zero.verify.math;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Whole numbers below a hundred that are written in English words. */
final class NumberWords {

  private static final List<String> SMALL =
      List.of(
          "zero",
          "one",
          "two",
          "three",
          "four",
          "five",
          "six",
          "seven",
          "eight",
          "nine",
          "ten",
          "eleven",
          "twelve",
          "thirteen",
          "fourteen",
          "fifteen",
          "sixteen",
          "seventeen",
          "eighteen",
          "nineteen");
  private static final List<String> TENS =
      List.of("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety");
  private static final Pattern COMPOUND = Pattern.compile("([a-z]{5,7})(?:[- ]([a-z]{3,5}))?");

  private NumberWords() {}

  /**
   * The digits of a number in words.
   *
   * @param words in lower case
   * @return {@code null} where it is none
   */
  static @Nullable String digits(String words) {
    if (words.length() < 3 || words.length() > 16) {
      return null;
    }
    int small = SMALL.indexOf(words);
    if (small >= 0) {
      return String.valueOf(small);
    }
    Matcher compound = COMPOUND.matcher(words);
    int tens = compound.matches() ? TENS.indexOf(compound.group(1)) : -1;
    if (tens < 0) {
      return null;
    }
    int ones = compound.group(2) == null ? 0 : SMALL.indexOf(compound.group(2));
    return ones < 0 || ones > 9 ? null : String.valueOf((tens + 2) * 10 + ones);
  }
}
