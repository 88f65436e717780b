package org.r1zero.verify.math.read;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whole numbers below a thousand billions that are written in English words. */
public final class NumberWords {

  private static final List<String> SMALL = WordLists.list("below_twenty");
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
   * The digits of a number in words, with a percent sign where the word for it follows.
   *
   * @param words in lower case; a unit or what is counted may follow the number
   * @return {@code null} where they are not one whole number
   */
  static @Nullable String digits(String words) {
    if (words.length() < 3 || words.length() > MAX_LENGTH) {
      return null;
    }
    NumberWords reader = new NumberWords(List.of(words.split("[- ]", -1)));
    Long value = reader.whole();
    if (value == null) {
      return null;
    }
    String rest = String.join(" ", reader.words.subList(reader.at, reader.words.size()));
    boolean percent = Vocabulary.percent(rest);
    return rest.isEmpty() || percent || Units.isUnit(rest) ? value + (percent ? "%" : "") : null;
  }

  /** Groups below a thousand, each with a smaller scale than the one before. */
  private @Nullable Long whole() {
    long total = 0;
    long smallest = Long.MAX_VALUE;
    while (at < words.size()) {
      int mark = at;
      skipAnd(total > 0);
      Long group = group();
      if (group == null) {
        at = mark;
        return total > 0 ? total : null;
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
    }
    return total;
  }

  /** {@code two hundred and five}, {@code forty-two}, {@code seven}. */
  private @Nullable Long group() {
    boolean article =
        at + 1 < words.size() && words.get(at).equals("a") && isScale(words.get(at + 1));
    at += article ? 1 : 0;
    Integer first = article ? Integer.valueOf(1) : belowHundred();
    if (first == null || at == words.size() || !words.get(at).equals("hundred")) {
      return first == null ? null : (long) first;
    }
    if (first == 0) {
      return null;
    }
    at++;
    int mark = at;
    skipAnd(true);
    Integer rest = belowHundred();
    if (rest == null) {
      at = mark;
    }
    return first * 100L + (rest == null ? 0 : rest);
  }

  private static boolean isScale(String word) {
    return SCALES.containsKey(word);
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

  private void skipAnd(boolean allowed) {
    if (allowed && at + 1 < words.size() && words.get(at).equals("and")) {
      at++;
    }
  }
}
