package org.r1zero.verify.math;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.math.read.AnswerText;
import org.r1zero.verify.math.read.EulersNumber;
import org.r1zero.verify.math.read.PlainText;
import org.r1zero.verify.math.read.ReadingRules;

/** A reference answer, read once for all the answers that are compared with it. */
final class Gold {

  private static final Pattern WORDS = Pattern.compile("[\\p{L}' -]*\\p{L}{2}[\\p{L}' -]*");

  /** A time of day, or a ratio: minutes have two digits. */
  private static final Pattern CLOCK = Pattern.compile("(?:[01]?\\d|2[0-3]):[0-5]\\d");

  /** What stands in data sets where an answer is missing. */
  private static final Pattern MISSING =
      Pattern.compile(
          "(?:see|refer to) (?:the |our |full )?(?:proof|solutions?|answers?|figure|diagram|graph|above|below|text|explanation)\\b.*"
              + "|(?:the )?proofs?|(?:a |the )?proof (?:is|follows|omitted|required|below|above)\\b.*|(?:answers?|results?) (?:may |will )?var(?:y|ies)|omitted|null|nan|n/a"
              + "|not (?:available|provided|given)|no (?:final )?answer(?: (?:provided|given))?|prove(?:d| that .*)?|q\\.?e\\.?d|todo|tbd",
          Pattern.CASE_INSENSITIVE);

  /** Pictures, pages and tables instead of an answer. */
  private static final Pattern PICTURE =
      Pattern.compile(
          "\\\\begin\\s?\\{(?:tikz|asy|figure|tabular|center|proof|enumerate|itemize|picture|document)|\\[asy\\]|\\\\includegraphics|!\\[[^\\]]*\\]\\(|https?://|<img\\b");

  private static final List<AnswerSource> SOURCES =
      List.of(AnswerSource.BOXED, AnswerSource.HASHES, AnswerSource.PHRASE, AnswerSource.LAST);

  private final AnswerText answer;
  private final boolean euler;
  private final boolean clock;
  private final boolean missing;
  private final String words;
  private final Choices.@Nullable Choice choice;
  private final @Nullable CalendarText calendar;

  Gold(String text) {
    String found = answerOf(text);
    this.euler = EulersNumber.isInGold(found);
    AnswerText whole = new AnswerText(found, euler);
    int side = found.lastIndexOf('=');
    boolean chain = side > 0 && found.indexOf('=') < side && found.indexOf(',') < 0;
    // Of a chain with a part that can't be read, the last value is the gold's.
    this.answer =
        chain && whole.read(ReadingRules.USUAL) == null
            ? new AnswerText(found.substring(side + 1), euler)
            : whole;
    this.clock = CLOCK.matcher(answer.text()).matches();
    this.missing = isMissing(answer.text());
    this.words = wordsOf(answer.text());
    this.choice = isChoice(answer.text()) ? Choices.of(answer.text()) : null;
    this.calendar = CalendarText.of(answer.text());
  }

  /** A small letter is a variable. */
  private static boolean isChoice(String text) {
    return text.chars().anyMatch(c -> c >= 'A' && c <= 'Z');
  }

  /** The answer in a gold that is a whole solution; a short gold is its answer. */
  private static String answerOf(String text) {
    String gold = text.strip();
    boolean boxed = gold.contains("\\boxed") || gold.contains("\\fbox");
    boolean short_ = gold.length() <= 200 && !gold.contains("####");
    if (!boxed && short_) {
      return gold;
    }
    for (AnswerSource source : SOURCES) {
      List<String> found = MathAnswerFinder.find(source, gold);
      for (String candidate : found) {
        if (!candidate.isBlank() && AnswerText.parses(candidate)) {
          return candidate;
        }
      }
      if (!found.isEmpty() && !found.get(0).isBlank()) {
        return found.get(0);
      }
    }
    return gold;
  }

  private static String wordsOf(String text) {
    String words = PlainText.words(text);
    boolean formula = text.chars().anyMatch(c -> "=<>+^_/|".indexOf(c) >= 0);
    return !formula && WORDS.matcher(words).matches() ? words : "";
  }

  /** An answer beside this gold: where the gold has Euler's number, so has {@code 2e-1}. */
  AnswerText answer(String text) {
    return euler ? new AnswerText(text, true) : new AnswerText(text);
  }

  AnswerText answer() {
    return answer;
  }

  /** The gold in words; empty where it is a formula. */
  String words() {
    return words;
  }

  Choices.@Nullable Choice choice() {
    return choice;
  }

  @Nullable CalendarText calendar() {
    return calendar;
  }

  /** Whether it may be a time of day, so that a fraction does not answer it. */
  boolean isClock() {
    return clock;
  }

  /** Whether the data set has no answer here: a picture, "see proof", an unfinished environment. */
  boolean isMissing() {
    return missing;
  }

  private static boolean isMissing(String text) {
    boolean cut = text.contains("\\begin") && !text.contains("\\end");
    return cut
        || PICTURE.matcher(text).find()
        || (text.length() < 300 && MISSING.matcher(PlainText.words(text)).matches());
  }

  /** Whether its LaTeX is neither mathematics nor words. */
  boolean isUnreadable() {
    return words.isEmpty()
        && choice == null
        && calendar == null
        && answer.text().indexOf('\\') >= 0
        && answer.read(ReadingRules.USUAL) == null;
  }

  /** Whether the gold can only be answered in words. */
  boolean isText() {
    return !words.isEmpty() && answer.read(ReadingRules.USUAL) == null;
  }
}
