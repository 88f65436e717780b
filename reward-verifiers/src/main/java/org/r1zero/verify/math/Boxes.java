package org.r1zero.verify.math;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds {@code \boxed{…}} and {@code \fbox{…}}. */
final class Boxes {

  private static final int MAX_BOXES = 10;

  /** Boxes this near to each other are one answer in parts. */
  private static final int NEAR = 10;

  /** Boxes this near are, where a word joins them. */
  private static final int JOINED = 70;

  /** Nothing but words and signs that join, and a name of the next value. */
  private static final Pattern JOINT =
      Pattern.compile(
          "(?:[\\s$,;.()\\[\\]{}&]|\\\\[()\\[\\],; ]|\\\\q?quad|\\\\text|\\b(?:and|or)\\b"
              + "|\\b[A-Za-z](?:_\\{?\\w\\}?)?\\s?=)*+");

  /**
   * What was found.
   *
   * @param content of the boxes
   * @param end the index after the last of them
   */
  record Found(String content, int end) {}

  private record Box(int start, String content, int end) {}

  private Boxes() {}

  /**
   * What the last box holds whose braces are closed; where boxes follow each other as in {@code
   * \boxed{1} and \boxed{2}}, what they hold with commas between. A percent sign after the box
   * belongs to it.
   */
  static Optional<Found> last(String text) {
    List<String> contents = new ArrayList<>();
    int from = text.length();
    Box next = null;
    int end = 0;
    for (int tries = 0; tries < 20 && contents.size() < MAX_BOXES && from >= 0; tries++) {
      int start = Math.max(text.lastIndexOf("\\boxed", from), text.lastIndexOf("\\fbox", from));
      if (start < 0) {
        break;
      }
      Box box = at(text, start);
      from = start - 1;
      if (box == null || (next != null && box.end > next.start)) {
        continue;
      }
      if (next != null && !belongTogether(text, box, next)) {
        break;
      }
      end = next == null ? box.end : end;
      if (next == null || !box.content.strip().equals(next.content.strip())) {
        contents.add(withPercent(text, box));
      }
      next = box;
    }
    Collections.reverse(contents);
    return contents.isEmpty()
        ? Optional.empty()
        : Optional.of(new Found(String.join(", ", contents), end));
  }

  /**
   * What the boxes of the last line that has one hold, with commas between; empty where they are
   * not {@code count}.
   */
  static String lastParagraph(String text, int count) {
    int last = Math.max(text.lastIndexOf("\\boxed"), text.lastIndexOf("\\fbox"));
    int line = text.lastIndexOf('\n', Math.max(0, last)) + 1;
    List<String> contents = new ArrayList<>();
    int at = text.indexOf("\\boxed", line);
    while (last >= 0 && at >= 0 && contents.size() <= count) {
      Box box = at(text, at);
      if (box == null) {
        return "";
      }
      contents.add(withPercent(text, box));
      at = text.indexOf("\\boxed", box.end);
    }
    return contents.size() == count ? String.join(", ", contents) : "";
  }

  private static String withPercent(String text, Box box) {
    int after = box.end;
    while (after < text.length() && "$ ".indexOf(text.charAt(after)) >= 0) {
      after++;
    }
    after += text.startsWith("\\)", after) || text.startsWith("\\]", after) ? 2 : 0;
    boolean percent = MathSpans.percentAt(text, after) && !box.content.contains("%");
    return percent ? box.content + " \\%" : box.content;
  }

  private static boolean belongTogether(String text, Box box, Box next) {
    String between = text.substring(box.end, next.start);
    if (between.length() < NEAR) {
      return true;
    }
    return between.length() < JOINED
        && between.indexOf('\n') < 0
        && !box.content.equals(next.content)
        && JOINT.matcher(between).matches();
  }

  private static @Nullable Box at(String text, int start) {
    int open = start + (text.startsWith("\\boxed", start) ? 6 : 5);
    while (open < text.length() && Character.isWhitespace(text.charAt(open))) {
      open++;
    }
    if (open < text.length() && text.charAt(open) != '{') {
      int end = open;
      while (end < text.length()
          && (Character.isLetterOrDigit(text.charAt(end)) || text.charAt(end) == '.')) {
        end++;
      }
      return end == open ? null : new Box(start, text.substring(open, end), end);
    }
    int close = Braces.close(text, open);
    return close < 0 ? null : new Box(start, text.substring(open + 1, close), close + 1);
  }
}
