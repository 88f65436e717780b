package org.r1zero.verify.math;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A reference answer, read once for all the answers that are compared with it. */
final class Gold {

  private static final Pattern WORDS = Pattern.compile("[\\p{L}' -]*\\p{L}{2}[\\p{L}' -]*");
  private static final List<AnswerSource> SOURCES =
      List.of(AnswerSource.BOXED, AnswerSource.HASHES, AnswerSource.PHRASE, AnswerSource.LAST);

  private final AnswerText answer;
  private final String words;
  private final Choices.@Nullable Choice choice;
  private final @Nullable CalendarText calendar;

  Gold(String text) {
    this.answer = new AnswerText(answerOf(text));
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

  /** Whether the gold can only be answered in words. */
  boolean isText() {
    return !words.isEmpty() && answer.read(ReadingRules.USUAL) == null;
  }
}
