package org.r1zero.verify.math.read;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Answers in words that say the same. */
public final class WordAnswers {

  private static final Set<String> NOTHING =
      Set.of(
          "no solution",
          "no solutions",
          "there is no solution",
          "there are no solutions",
          "has no solution",
          "has no solutions",
          "no solution exists",
          "no solutions exist",
          "none",
          "null set",
          "empty set",
          "the empty set");

  /** The same of real numbers: less than {@link #NOTHING} says. */
  private static final Pattern NOTHING_REAL =
      Pattern.compile(
          "(?:there (?:is|are) |has )?no real (?:solutions?|roots?|values?|numbers?)(?: exists?)?");

  private static final Set<String> INTEGERS =
      Set.of(
          "all integers",
          "any integer",
          "every integer",
          "the integers",
          "the set of all integers",
          "the set of integers",
          "all whole numbers");
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

  /** What no number in words has: digits, and signs that ask, doubt or part. */
  private static final Pattern OTHER_SIGNS = Pattern.compile("[\\d?!~;:&'\"/|=<>]");

  private WordAnswers() {}

  /** Whether words mean that there is no solution. */
  public static boolean isNothing(String words) {
    return NOTHING.contains(words);
  }

  /** Whether words mean that there is no real solution. */
  public static boolean isNothingReal(String words) {
    return NOTHING_REAL.matcher(words).matches();
  }

  /** The set of numbers that words mean, in LaTeX; {@code null} for other words. */
  public static @Nullable String numberSet(String words) {
    return isReals(words) ? "\\mathbb{R}" : INTEGERS.contains(words) ? "\\mathbb{Z}" : null;
  }

  /**
   * The digits of an answer that is a number in words, its sign too; {@code null} where it is none.
   */
  public static @Nullable String digits(String answer) {
    if (answer.length() > 200 || OTHER_SIGNS.matcher(answer).find()) {
      return null;
    }
    String words = PlainText.words(answer);
    String unsigned = words.replaceFirst("^(?:minus|negative) ", "");
    String digits = NumberWords.digits(unsigned);
    return digits == null || unsigned.equals(words) ? digits : "-" + digits;
  }

  /** Whether words mean the real numbers. */
  static boolean isReals(String words) {
    return REALS.contains(words);
  }

  /** Whether two texts have the same words, in any order where they enumerate. */
  public static boolean same(String gold, String answer) {
    String wanted = plain(gold);
    if (isNothing(wanted) && isNothing(plain(answer))) {
      return true;
    }
    if (isNothingReal(wanted) && (isNothing(plain(answer)) || isNothingReal(plain(answer)))) {
      return true;
    }
    return wanted.equals(plain(answer))
        || (parts(gold).size() > 1 && parts(gold).equals(parts(answer)));
  }

  private static String plain(String text) {
    return ARTICLE
        .matcher(PlainText.words(text))
        .replaceFirst("")
        .replaceFirst("^dne$", "does not exist")
        .replaceFirst("^t$", "true")
        .replaceFirst("^f$", "false");
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
