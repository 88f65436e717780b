package org.r1zero.verify.length;

import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A text as sentences of tokens: words in lower case, numbers, signs of calculation, and single
 * characters of scripts that are written without spaces. Other punctuation is left out. A tag such
 * as {@code <answer>} ends a sentence.
 *
 * <p>Bounded: of a long text the first and the last {@value #HALF} characters are read.
 */
final class Sentences {

  private static final int HALF = 50_000;
  private static final int MAX_TAG = 20;
  private static final String SIGNS = "+-*/=<>^×÷−%";

  private final String text;
  private final List<List<String>> sentences = new ArrayList<>();
  private List<String> current = new ArrayList<>();

  private Sentences(String text) {
    this.text = text;
  }

  /** The sentences of a text, none of them empty. */
  static List<List<String>> of(String text) {
    Sentences reader = new Sentences(bounded(text));
    reader.read();
    return reader.sentences;
  }

  /** The part of a text that is read. */
  static String bounded(String text) {
    return text.length() <= 2 * HALF
        ? text
        : text.substring(0, HALF) + "\n" + text.substring(text.length() - HALF);
  }

  private void read() {
    int at = 0;
    while (at < text.length()) {
      int c = text.codePointAt(at);
      int end = at + Character.charCount(c);
      int tagEnd = c == '<' ? tagEnd(at) : at;
      if (tagEnd > at) {
        end = tagEnd;
        finish();
      } else if (isUnspaced(c) || SIGNS.indexOf(c) >= 0) {
        current.add(text.substring(at, end));
      } else if (Character.isLetter(c)) {
        end = runEnd(at, true);
        current.add(text.substring(at, end).toLowerCase(Locale.ROOT));
      } else if (Character.isDigit(c)) {
        end = runEnd(at, false);
        current.add(text.substring(at, end));
      } else if (endsSentence(c, end)) {
        finish();
      }
      at = end;
    }
    finish();
  }

  /** Where the tag that starts there ends; {@code at} if none does. */
  private int tagEnd(int at) {
    int end = at + 1;
    if (end < text.length() && text.charAt(end) == '/') {
      end++;
    }
    int name = end;
    while (end < text.length() && end < name + MAX_TAG && Character.isLetter(text.charAt(end))) {
      end++;
    }
    return end > name && end < text.length() && text.charAt(end) == '>' ? end + 1 : at;
  }

  private void finish() {
    if (!current.isEmpty()) {
      sentences.add(current);
      current = new ArrayList<>();
    }
  }

  /** Where the word or the number that starts there ends; a number may have points and commas. */
  private int runEnd(int start, boolean word) {
    int end = start;
    while (end < text.length()) {
      int c = text.codePointAt(end);
      boolean inside =
          word
              ? (Character.isLetter(c) && !isUnspaced(c)) || c == '\'' || c == '’'
              : Character.isDigit(c) || ((c == '.' || c == ',') && isDigitAt(end + 1));
      if (!inside) {
        break;
      }
      end += Character.charCount(c);
    }
    return end;
  }

  private boolean isDigitAt(int index) {
    return index < text.length() && Character.isDigit(text.charAt(index));
  }

  private boolean endsSentence(int c, int next) {
    return "!?;\n…。！？；".indexOf(c) >= 0 || (c == '.' && !isDigitAt(next));
  }

  static boolean isUnspaced(int c) {
    return switch (UnicodeScript.of(c)) {
      case HAN, HIRAGANA, KATAKANA, THAI, LAO, KHMER, MYANMAR -> true;
      default -> false;
    };
  }
}
