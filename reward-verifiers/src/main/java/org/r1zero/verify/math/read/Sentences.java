package org.r1zero.verify.math.read;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the words around an expression make of it. */
public final class Sentences {

  private static final int MAX_LENGTH = 600;

  /** A word or sign after which a sentence says its value. */
  private static final Pattern COPULA =
      Pattern.compile(
          "(?<!\\p{L})(?:is|are|was|were|equals?|be|becomes?|has|have|had|gets?|got|obtains?|costs?|pays?|paid"
              + "|makes?|made|earns?|earned|needs?|needed|takes?|took|sold|sells?|spent|spends?|gives?|yields?"
              + "|finds?|found|weighs?|holds?|contains?|es|est|ist|beträgt|è|é|jest)(?!\\p{L})\\s?:?"
              + "|[:：]|(?<![<>!=])=(?!=)|[是为為]",
          Pattern.CASE_INSENSITIVE);

  /** Words without numbers. */
  private static final Pattern NAME = Pattern.compile("[\\p{L}\\s,.'’$\\\\{}*-]*");

  /** What may stand between that word and the value. */
  private static final Pattern FILLER =
      Pattern.compile(
          "^(?:(?:so|thus|therefore|hence|then|finally|exactly|just|only"
              + "|simply|indeed|still|also|now|precisely|a total of|in total|the number|equal to|we get|we have)\\b[,:]?\\s*)+",
          Pattern.CASE_INSENSITIVE);

  /** Words that deny, doubt or ask, or that leave it open which value is meant. */
  private static final Pattern CHANGES =
      Pattern.compile(
          "\\b(?:not|no|never|nor|neither|either|wrong|false|incorrect|cannot|can't|unless|if|maybe|perhaps"
              + "|probably|possibly|might|may|could|would|should|guess|guessing|unsure|unclear|unknown"
              + "|anything|everything|but|except|instead|mistake|least|most|than)\\b|n['’]t\\b|\\?",
          Pattern.CASE_INSENSITIVE);

  /** What before a value makes another one of it. */
  private static final Pattern BEFORE =
      Pattern.compile(
          "(?:\\b(?:not|no|never|than|least|most|under|over|below|above|exceeds?|exceeding|within|up to|or|nor"
              + "|either|half|third|quarter|half of|third of|quarter of|twice|thrice|double|triple|times|plus"
              + "|square of|cube of|root of|root|squared?|multiples? of|factors? of|powers? of|except|but"
              + "|anything|maybe|perhaps|probably|possibly|almost|nearly|starting (?:at|from|with)|fewer|less|more"
              + "|sin|cos|tan|log|ln|sqrt|isn['’]t|aren['’]t|wasn['’]t|without|until|before|after|out of|modulo|mod)"
              + "|between\\b.{1,60}\\band|from\\b.{1,60}\\bto|\\d\\s+to|\\S\\s{0,2}[<>]|[≤≥≠]|\\\\(?:[lg]eq?|neq?|[lg]t|approx)\\b)"
              + "\\s*(?:(?:a|an|the|about|only|exactly|equal(?: to)?)\\b\\s*)?[$(*_\\s]*$",
          Pattern.CASE_INSENSITIVE);

  /** What after a value makes another one of it. */
  private static final Pattern AFTER =
      Pattern.compile(
          "^[$)*_\\s]*(?:\\?|!|\\^|²|³|⁻|(?:or|squared|cubed|dozens?|hundreds?|thousands?|millions?|billions?"
              + "|trillions?|plus|minus|times (?=\\d)|divided|multiplied|factorial|percent of|or (?:more|less|fewer)"
              + "|is (?:wrong|not|incorrect|false|too)|isn['’]t|and (?:above|below|up|over|more|under)|to (?=[-\\d])|out of|halves|thirds|quarters"
              + "|fourths|fifths|sixths|eighths|tenths|hundredths|mod|modulo|more than|less than|fewer than|choose)\\b)",
          Pattern.CASE_INSENSITIVE);

  private Sentences() {}

  /** Whether words deny, doubt or ask, so that what they lead to is not an answer. */
  static boolean changes(String words) {
    return CHANGES.matcher(words).find();
  }

  /** Whether the words beside {@code text[start, end)} leave it as it is. */
  public static boolean stands(String text, int start, int end) {
    return !BEFORE.matcher(text.substring(Math.max(0, start - 80), start)).find()
        && !AFTER.matcher(text.substring(end, Math.min(text.length(), end + 40))).find();
  }

  /**
   * The value that a short sentence states after its verb or equals sign, with its unit: {@code So
   * the total is $12$ apples.}
   *
   * @return {@code null} where there is none, or where other words of the sentence may change it
   */
  public static @Nullable String value(String text) {
    if (text.length() > MAX_LENGTH) {
      return null;
    }
    String whole = filled(text.strip());
    if (!whole.equals(text.strip()) && AnswerText.parses(whole)) {
      return whole;
    }
    Matcher copula = COPULA.matcher(text);
    String value = null;
    while (copula.find()) {
      String rest = filled(text.substring(copula.end()).strip());
      if (rest.chars().anyMatch(Sentences::isValue)
          && AnswerText.parses(rest)
          && !changes(text.substring(0, copula.start()))
          && (!copula.group().startsWith("=") || isName(text.substring(0, copula.start())))
          && MathSpans.outside(text, copula.start())) {
        value = rest;
        break;
      }
    }
    return value;
  }

  /** Whether words or a formula that can be read stand before an equals sign. */
  private static boolean isName(String text) {
    return NAME.matcher(text).matches() || AnswerText.parses(text);
  }

  private static boolean isValue(int c) {
    return Character.isDigit(c) || c == '$' || c == '\\';
  }

  private static String filled(String rest) {
    return FILLER.matcher(rest).replaceFirst("");
  }
}
