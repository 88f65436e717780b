package org.r1zero.coldstart.curate;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Runs of words: lower case, letters and digits only. */
final class WordGrams {
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+");

  private WordGrams() {}

  static List<String> words(String text) {
    return WORD.matcher(text.toLowerCase(Locale.ROOT)).results().map(MatchResult::group).toList();
  }

  /** All runs of n words; of a text with fewer words the one run of all of them. */
  static Set<String> of(String text, int n) {
    List<String> words = words(text);
    Set<String> grams = new HashSet<>();
    if (words.size() < n) {
      if (!words.isEmpty()) {
        grams.add(String.join(" ", words));
      }
      return grams;
    }
    for (int i = 0; i + n <= words.size(); i++) {
      grams.add(String.join(" ", words.subList(i, i + n)));
    }
    return grams;
  }
}
