package org.r1zero.verify.math;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Answers by a letter: {@code C}, {@code (C)}, {@code \text{(C) } 12}, "option C". */
final class Choices {

  private static final Pattern LETTER = Pattern.compile("\\(?\\s?([A-Za-z])\\s?\\)?[.:]?");
  private static final Pattern LETTER_AND_VALUE =
      Pattern.compile("(?:\\(\\s?([A-Z])\\s?\\)|([A-Z])\\s?[).:])\\s*(\\S.*)", Pattern.DOTALL);
  private static final Pattern NAMED =
      Pattern.compile(
          "(?:the\\s)?(?:correct\\s)?(?:option|choice|answer)(?:\\sis)?:?\\s?\\(?([A-Z])\\)?[.:]?",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern TEXT_COMMAND =
      Pattern.compile("\\\\(?:text|mathrm|textbf|mathbf|mbox|textrm|bf|rm)\\s?\\{([^{}]*)\\}");
  private static final Pattern PHRASE =
      Pattern.compile(
          "(?i:answer)(?i::|\\b.{0,100}?\\bis:?|.{0,50}?)\\s*(?:\\*\\*)?\\(?([A-Z])\\)?(?:\\*\\*)?(?=[\\s.,:)]|$)");
  private static final Pattern FOREIGN_PHRASE =
      Pattern.compile(
          "(?:答案|答え|正解|故选|故選|应选|應選|选择|選擇|정답|답은|답:|(?iu:ответ|respuesta|resposta|risposta|réponse|antwort))"
              + "[^A-Za-z\\n]{0,20}([A-Z])(?![A-Za-z0-9])");
  private static final Pattern ALONE =
      Pattern.compile("(?:^|\\s)(?:\\*\\*)?\\(?([A-Z])\\)?(?:\\*\\*)?(?=[\\s.,:]|$)");

  private Choices() {}

  /**
   * A letter and what stands beside it.
   *
   * @param letter the choice
   * @param value the text after the letter; empty where there is none
   */
  record Choice(String letter, String value) {}

  /** The choice that a text is, or {@code null}. */
  static @Nullable Choice of(String text) {
    if (text.length() > 300) {
      return null;
    }
    String plain = plain(text);
    Matcher letter = LETTER.matcher(plain);
    if (letter.matches()) {
      return new Choice(letter.group(1).toUpperCase(Locale.ROOT), "");
    }
    Matcher named = NAMED.matcher(plain);
    if (named.matches()) {
      return new Choice(named.group(1).toUpperCase(Locale.ROOT), "");
    }
    Matcher both = LETTER_AND_VALUE.matcher(plain);
    if (both.matches()) {
      return new Choice(both.group(1) != null ? both.group(1) : both.group(2), both.group(3));
    }
    return null;
  }

  private static final Pattern SEVERAL =
      Pattern.compile("\\(?[A-H]\\)?(?:(?:\\s|,|;|、|and|&){0,4}\\(?[A-H]\\)?){1,7}");

  /** The letters of an answer that has several, in order: "A, C and D"; else {@code null}. */
  static @Nullable String several(String text) {
    String plain = text.length() > 60 ? "" : plain(text);
    if (!SEVERAL.matcher(plain).matches()) {
      return null;
    }
    int[] letters = plain.replace("and", "").chars().filter(Character::isLetter).toArray();
    boolean joined = plain.chars().allMatch(Character::isLetter);
    if (joined
        && !java.util.Arrays.equals(letters, java.util.Arrays.stream(letters).sorted().toArray())) {
      // Choices come in order; BA is a word or a name.
      return null;
    }
    return letters.length == java.util.Arrays.stream(letters).distinct().count()
        ? java.util.Arrays.stream(letters)
            .sorted()
            .mapToObj(Character::toString)
            .collect(java.util.stream.Collectors.joining())
        : null;
  }

  private static String plain(String text) {
    String plain = TEXT_COMMAND.matcher(text).replaceAll("$1");
    plain = plain.replace("$", "").replace("\\ ", " ").replace("\\,", " ").replace("~", " ");
    return plain.replace("**", "").replace("\\left", "").replace("\\right", "").strip();
  }

  /**
   * The letter that a prose names last as its answer.
   *
   * @param alone whether a letter that merely stands alone counts too
   * @return {@code null} where there is none
   */
  static @Nullable String inProse(String text, boolean alone) {
    Choice whole = of(text);
    if (whole != null) {
      return whole.letter();
    }
    String plain = plain(text);
    String letter = last(PHRASE.matcher(plain));
    letter = letter == null ? last(FOREIGN_PHRASE.matcher(plain)) : letter;
    return letter == null && alone ? last(ALONE.matcher(plain)) : letter;
  }

  private static @Nullable String last(Matcher matcher) {
    String letter = null;
    while (matcher.find()) {
      letter = matcher.group(1);
    }
    return letter;
  }
}
