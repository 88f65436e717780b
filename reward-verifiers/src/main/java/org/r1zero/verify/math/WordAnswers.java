package org.r1zero.verify.math;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Answers in words that say the same. */
final class WordAnswers {

  private static final Set<String> NOTHING =
      Set.of(
          "no solution",
          "no solutions",
          "there is no solution",
          "there are no solutions",
          "has no solution",
          "has no solutions",
          "empty set",
          "the empty set");
  private static final Set<String> REALS =
      Set.of(
          "all real numbers",
          "all reals",
          "any real number",
          "every real number",
          "all real values",
          "the set of all real numbers",
          "the set of real numbers",
          "the real numbers");
  private static final Pattern PARTS =
      Pattern.compile("[,;、]|\\band\\b|&", Pattern.CASE_INSENSITIVE);
  private static final Pattern ARTICLE = Pattern.compile("^(?:an?|the) (?=\\p{L}{2})");

  private WordAnswers() {}

  /** Whether words mean that there is no solution. */
  static boolean isNothing(String words) {
    return NOTHING.contains(words);
  }

  /** Whether words mean the real numbers. */
  static boolean isReals(String words) {
    return REALS.contains(words);
  }

  /** Whether two texts have the same words, in any order where they enumerate. */
  static boolean same(String gold, String answer) {
    String wanted = plain(gold);
    if (isNothing(wanted) && isNothing(plain(answer))) {
      return true;
    }
    return wanted.equals(plain(answer))
        || (parts(gold).size() > 1 && parts(gold).equals(parts(answer)));
  }

  private static String plain(String text) {
    return ARTICLE
        .matcher(PlainText.words(text))
        .replaceFirst("")
        .replaceFirst("^dne$", "does not exist");
  }

  private static Set<String> parts(String text) {
    return text.length() > 400
        ? Set.of()
        : Arrays.stream(PARTS.split(text, -1))
            .map(WordAnswers::plain)
            .filter(part -> !part.isEmpty())
            .collect(Collectors.toCollection(TreeSet::new));
  }
}
