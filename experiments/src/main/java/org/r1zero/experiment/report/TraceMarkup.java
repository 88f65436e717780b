package org.r1zero.experiment.report;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.language.LanguageConsistencyVerifier;
import org.r1zero.verify.records.Records;

/**
 * A completion as HTML: escaped, words in another language and sentences that stood there before
 * marked. Nothing of the text can become markup.
 */
final class TraceMarkup {
  /** Says what the marks mean. */
  static final String LEGEND =
      " <mark class=\"foreign\">another language</mark> <mark class=\"again\">repeated</mark>";

  /** The same of answers. */
  static final String ANSWERS =
      "<mark class=\"answer right\">the answer, right</mark> <mark class=\"answer wrong\">the"
          + " answer, wrong</mark>";

  private static final int MOST_CHARACTERS = 4000;
  private static final int ANSWER = 4;
  private static final Pattern SENTENCE = Pattern.compile("[^.!?\\n。！？]+[.!?\\n。！？]*");
  private final LanguageConsistencyVerifier language;

  TraceMarkup(LanguageConsistencyVerifier language) {
    this.language = language;
  }

  String html(String completion) {
    return html(completion, null, false);
  }

  /**
   * The same with the answer marked, where it stands in the text as it was read.
   *
   * @param answer what the verifier took for it; {@code null} for none
   * @param right what the verifier said of it
   */
  String html(String completion, @Nullable String answer, boolean right) {
    String text = Records.shortened(completion, MOST_CHARACTERS, " …");
    boolean[] foreign = foreign(text);
    boolean[] again = again(text);
    int start = answer == null || answer.isBlank() ? -1 : text.lastIndexOf(answer);
    int end = start < 0 ? -1 : start + String.valueOf(answer).length();
    StringBuilder html = new StringBuilder();
    int state = 0;
    for (int i = 0; i < text.length(); i++) {
      boolean within = i >= start && i < end;
      int now = within ? ANSWER : (foreign[i] ? 1 : 0) + (again[i] ? 2 : 0);
      if (now != state) {
        html.append(state == 0 ? "" : "</mark>").append(open(now, right));
        state = now;
      }
      html.append(escape(text.charAt(i)));
    }
    return html.append(state == 0 ? "" : "</mark>").toString();
  }

  private static String open(int state, boolean right) {
    return switch (state) {
      case ANSWER -> "<mark class=\"answer " + (right ? "right" : "wrong") + "\" title=\"answer\">";
      case 1 -> "<mark class=\"foreign\" title=\"another language\">";
      case 2 -> "<mark class=\"again\" title=\"repeated\">";
      case 3 -> "<mark class=\"foreign again\" title=\"another language, repeated\">";
      default -> "";
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

  /** What a verifier said, as an item of a list. */
  static String verdict(String name, String outcome, String reason) {
    boolean correct = outcome.equals("correct");
    return "<li><span class=\""
        + (correct ? "good\">✓ " : "bad\">✗ ")
        + escape(name)
        + "</span> "
        + (correct && FORMS.contains(name) ? "" : escape(reason))
        + "</li>";
  }

  /** A text as HTML's text or attribute. */
  static String escape(String text) {
    StringBuilder html = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      html.append(escape(text.charAt(i)));
    }
    return html.toString();
  }

  private static String escape(char c) {
    return switch (c) {
      case '<' -> "&lt;";
      case '>' -> "&gt;";
      case '&' -> "&amp;";
      case '"' -> "&quot;";
      case '\'' -> "&#39;";
      default -> (c < ' ' && c != '\n' && c != '\t') || c == 0x7f ? "\ufffd" : String.valueOf(c);
    };
  }
}
