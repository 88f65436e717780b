package org.r1zero.verify.math;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.math.read.Braces;
import org.r1zero.verify.math.read.MathSpans;

/** Finds {@code \boxed{…}} and {@code \fbox{…}}. */
final class Boxes {

  private static final int MAX_BOXES = 10;

  /** Boxes this near to each other are one answer in parts, where no word stands between. */
  private static final int NEAR = 10;

  /** Boxes this near are, where a word joins them. */
  private static final int JOINED = 70;

  /** What stands in a box that only says what a box is for. */
  private static final Pattern PLACEHOLDER =
      Pattern.compile(
          "[\\s.…_]+|\\s*\\\\(?:[lc]?dots|square)\\s*"
              + "|\\W*(?:(?:text|mathrm|textbf|boldsymbol)\\W+)?(?:(?:insert|put|write)\\W+)?"
              + "(?:(?:your|the|my|final|numerical|correct|an?)\\W+)*"
              + "(?:answers?|results?|solutions?|values?|number|here|ans|expression|content)"
              + "(?:\\W+(?:here|goes|in|only|box))*\\W*",
          Pattern.CASE_INSENSITIVE);

  /** A box is not meant as the answer where this stands before it. */
  private static final Pattern DENIED =
      Pattern.compile(
          "\\b(?:not|never|isn['’]t|than|instead of)\\s{1,3}[$*(\\\\\\s]{0,4}$",
          Pattern.CASE_INSENSITIVE);

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
    Box echo = null;
    int end = 0;
    for (int tries = 0; tries < 20 && contents.size() < MAX_BOXES && from >= 0; tries++) {
      int start = Math.max(text.lastIndexOf("\\boxed", from), text.lastIndexOf("\\fbox", from));
      if (start < 0) {
        break;
      }
      Box box = at(text, start);
      from = start - 1;
      if (box != null && isPlaceholder(box.content) && echo == null) {
        echo = box;
      }
      if (box == null
          || (next != null && box.end > next.start)
          || isPlaceholder(box.content)
          || DENIED.matcher(text.substring(Math.max(0, start - 24), start)).find()) {
        continue;
      }
      if (next != null && !belongTogether(text, box, next)) {
        break;
      }
      end = Math.max(end, box.end);
      if (next == null || !box.content.strip().equals(next.content.strip())) {
        contents.add(withPercent(text, box));
      }
      next = box;
    }
    Collections.reverse(contents);
    if (contents.isEmpty() && echo != null) {
      return Optional.of(new Found(echo.content, echo.end));
    }
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

  /** Whether a box only echoes what the prompt says of boxes. */
  private static boolean isPlaceholder(String content) {
    return content.isBlank()
        || (content.length() < 60
            && content.chars().noneMatch(Character::isDigit)
            && PLACEHOLDER.matcher(content).matches());
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
    if (between.length() < NEAR && between.chars().noneMatch(Character::isLetter)) {
      return true;
    }
    return between.length() < JOINED
        && JOINT.matcher(between).matches()
        && (between.indexOf('\n') < 0 || between.isBlank());
  }

  private static boolean isOneLine(String rest) {
    return rest.length() <= 40 && rest.chars().noneMatch(c -> "{}$\n\\".indexOf(c) >= 0);
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
      // A word is not an argument: "with \boxed as you asked".
      boolean word = end - open > 1 && Character.isLetter(text.charAt(open));
      return end == open || word ? null : new Box(start, text.substring(open, end), end);
    }
    int close = Braces.close(text, open);
    if (close < 0 && open + 1 < text.length() && isOneLine(text.substring(open + 1))) {
      // The last brace was forgotten.
      return new Box(start, text.substring(open + 1), text.length());
    }
    return close < 0 ? null : new Box(start, text.substring(open + 1, close), close + 1);
  }
}
