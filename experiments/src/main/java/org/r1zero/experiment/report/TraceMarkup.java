package org.r1zero.experiment.report;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.evaluate.Judges;
import org.r1zero.rollout.trace.RolloutTrace;
import org.r1zero.verify.language.LanguageConsistencyVerifier;
import org.r1zero.verify.records.Records;

/**
 * A completion as HTML: escaped, words in another language and sentences that stood there before
 * marked. Nothing of the text can become markup.
 */
final class TraceMarkup {
  /** Says what the marks mean. */
  static final Html LEGEND =
      Html.all(
          " ", Html.of("mark.foreign", "another language"), " ", Html.of("mark.again", "repeated"));

  /** The same of answers. */
  static final Html ANSWERS =
      Html.all(
          Html.of("mark.answer right", "the answer, right"),
          " ",
          Html.of("mark.answer wrong", "the answer, wrong"));

  private static final int MOST_CHARACTERS = 4000;
  private static final int ANSWER = 4;
  private static final Pattern SENTENCE = Pattern.compile("[^.!?\\n。！？]+[.!?\\n。！？]*");
  private final LanguageConsistencyVerifier language;

  TraceMarkup(LanguageConsistencyVerifier language) {
    this.language = language;
  }

  Html html(String completion) {
    return html(completion, null, false);
  }

  /**
   * The same with the answer marked, where it stands in the text as it was read.
   *
   * @param answer what the verifier took for it; {@code null} for none
   * @param right what the verifier said of it
   */
  Html html(String completion, @Nullable String answer, boolean right) {
    String text = Records.shortened(completion, MOST_CHARACTERS, " …");
    boolean[] foreign = foreign(text);
    boolean[] again = again(text);
    int start = answer == null || answer.isBlank() ? -1 : text.lastIndexOf(answer);
    int end = start < 0 ? -1 : start + String.valueOf(answer).length();
    List<Html> parts = new ArrayList<>();
    for (int from = 0, to = 0; from < text.length(); from = to) {
      int state = start <= from && from < end ? ANSWER : state(foreign, again, from);
      do {
        to++;
      } while (to < text.length()
          && state == (start <= to && to < end ? ANSWER : state(foreign, again, to)));
      parts.add(marked(state, right, text.substring(from, to)));
    }
    return Html.all(parts);
  }

  private static int state(boolean[] foreign, boolean[] again, int at) {
    return (foreign[at] ? 1 : 0) + (again[at] ? 2 : 0);
  }

  private static Html marked(int state, boolean right, String text) {
    return switch (state) {
      case ANSWER ->
          Html.of("mark.answer " + (right ? "right" : "wrong"), text).with("title", "answer");
      case 1 -> Html.of("mark.foreign", text).with("title", "another language");
      case 2 -> Html.of("mark.again", text).with("title", "repeated");
      case 3 -> Html.of("mark.foreign again", text).with("title", "another language, repeated");
      default -> Html.all(text);
    };
  }

  private boolean[] foreign(String text) {
    boolean[] marks = new boolean[text.length()];
    int from = 0;
    for (LanguageConsistencyVerifier.JudgedWord word : language.words(text)) {
      int at = text.indexOf(word.text(), from);
      if (at < 0) {
        continue;
      }
      from = at + word.text().length();
      for (int i = at; word.foreign() && i < from; i++) {
        marks[i] = true;
      }
    }
    return marks;
  }

  private static boolean[] again(String text) {
    boolean[] marks = new boolean[text.length()];
    Set<List<String>> seen = new HashSet<>();
    Matcher sentence = SENTENCE.matcher(text);
    while (sentence.find()) {
      String plain =
          sentence.group().toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}+*/=-]+", " ");
      if (plain.strip().length() >= 5 && !seen.add(List.of(plain.strip()))) {
        int start = sentence.start();
        while (Character.isWhitespace(text.charAt(start))) {
          start++;
        }
        for (int i = start; i < sentence.end(); i++) {
          marks[i] = true;
        }
      }
    }
    return marks;
  }

  /** Of these a reason is said where they found something; else it says only that they did not. */
  private static final Set<String> FORMS = Set.of("language", "repetition");

  /** What verifiers said, as a list. */
  static Html verdicts(Map<String, RolloutTrace.VerdictTrace> verdicts) {
    List<Html> items = new ArrayList<>();
    verdicts.forEach((name, verdict) -> items.add(verdict(name, verdict)));
    return Html.of("ul.verdicts", items);
  }

  private static Html verdict(String column, RolloutTrace.VerdictTrace verdict) {
    String name = column.replaceFirst("^" + Judges.PREFIX, "");
    boolean correct = verdict.outcome().equals("correct");
    return Html.of(
        "li",
        Html.of(correct ? "span.good" : "span.bad", (correct ? "✓ " : "✗ ") + name),
        " ",
        correct && FORMS.contains(name) ? "" : verdict.reason());
  }
}
