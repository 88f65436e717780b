package org.r1zero.verify.math.read;

import java.util.Locale;

/** Answers in words: what of their writing matters. */
public final class PlainText {

  private PlainText() {}

  /**
   * The words of a text in lower case, commands and punctuation left out: {@code \text{(No
   * Solution)}.} becomes {@code no solution}. Digits and signs of mathematics stay.
   */
  public static String words(String text) {
    StringBuilder words = new StringBuilder();
    boolean space = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        int end = i + 1;
        while (end < text.length() && Character.isLetter(text.charAt(end))) {
          end++;
        }
        String command = text.substring(i + 1, end);
        if (command.isEmpty() || Vocabulary.text(command) || Vocabulary.spacing(command)) {
          space = true;
          i = Math.max(i, end - 1) + (command.isEmpty() ? 1 : 0);
          continue;
        }
      }
      if (isDropped(c)) {
        space = true;
      } else {
        if (space && words.length() > 0) {
          words.append(' ');
        }
        space = false;
        words.append(c);
      }
    }
    return words.toString().toLowerCase(Locale.ROOT);
  }

  private static boolean isDropped(char c) {
    return Character.isWhitespace(c) || ".,;:!?\"'`´’‘“”$(){}[]*_~&".indexOf(c) >= 0;
  }
}
