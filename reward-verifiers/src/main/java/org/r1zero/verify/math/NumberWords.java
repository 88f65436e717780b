package org.r1zero.verify.math;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whole numbers that are written in English words, below a thousand billions. */
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

  private static final Map<String, Long> SCALES =
      Map.of("hundred", 100L, "thousand", 1_000L, "million", 1_000_000L, "billion", 1_000_000_000L);

  private static final int MAX_LENGTH = 150;

  private final List<String> words;
  private int at;

  private NumberWords(List<String> words) {
    this.words = words;
  }

  /**
   * The digits of a number in words.
   *
   * @param words in lower case
   * @return {@code null} where they are not one whole number
   */
  static @Nullable String digits(String words) {
    if (words.length() < 3 || words.length() > MAX_LENGTH) {
      return null;
    }
    NumberWords reader = new NumberWords(List.of(words.split("[- ]", -1)));
    Long value = reader.whole();
    return value == null || reader.at < reader.words.size() ? null : value.toString();
  }

  /** Whether a word is, or is a part of, a number. */
  static boolean isPart(String word) {
    String lower = word.toLowerCase(Locale.ROOT);
    return SMALL.contains(lower) || TENS.contains(lower) || scale(lower) != null;
  }

  /** What a word multiplies the number before it by; {@code null} where it does not. */
  static @Nullable Long scale(String word) {
    return SCALES.get(word);
  }

  /** Groups below a thousand, each with a smaller scale than the one before. */
  private @Nullable Long whole() {
    long total = 0;
    long smallest = Long.MAX_VALUE;
    while (at < words.size()) {
      Long group = group();
      if (group == null) {
        return null;
      }
      Long scale = at < words.size() ? SCALES.get(words.get(at)) : null;
      if (scale == null) {
        return total + group;
      }
      if (scale == 100 || scale >= smallest || group == 0) {
        return null;
      }
      at++;
      smallest = scale;
      total += group * scale;
      skipAnd();
    }
    return total;
  }

  /** {@code two hundred and five}, {@code forty-two}, {@code seven}. */
  private @Nullable Long group() {
    Integer first = belowHundred();
    if (first == null || at == words.size() || !words.get(at).equals("hundred")) {
      return first == null ? null : (long) first;
    }
    if (first == 0) {
      return null;
    }
    at++;
    int mark = at;
    skipAnd();
    Integer rest = belowHundred();
    if (rest == null) {
      at = mark;
    }
    return first * 100L + (rest == null ? 0 : rest);
  }

  private @Nullable Integer belowHundred() {
    if (at == words.size()) {
      return null;
    }
    int small = SMALL.indexOf(words.get(at));
    if (small >= 0) {
      at++;
      return small;
    }
    int tens = TENS.indexOf(words.get(at));
    if (tens < 0) {
      return null;
    }
    at++;
    int ones = at < words.size() ? SMALL.indexOf(words.get(at)) : -1;
    boolean compound = ones >= 1 && ones <= 9;
    at += compound ? 1 : 0;
    return (tens + 2) * 10 + (compound ? ones : 0);
  }

  private void skipAnd() {
    if (at + 1 < words.size() && words.get(at).equals("and")) {
      at++;
    }
  }
}
