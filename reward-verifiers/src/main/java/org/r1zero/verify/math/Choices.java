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
