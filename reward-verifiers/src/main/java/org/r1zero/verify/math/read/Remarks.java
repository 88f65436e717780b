package org.r1zero.verify.math.read;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Remarks after an answer, which say where it comes from or name it again. */
public final class Remarks {

  /** "where", "since" and the like, after which the rest of the text is a remark. */
  private static final Pattern REMARK =
      Pattern.compile(
          "\\$?\\s*,?\\s*\\(?(?:\\\\text\\s?\\{\\s*)?\\b(?:where|for (?:all|any|every|some)|since|because)\\b"
              + "|\\$?\\s*(?:,\\s?|;\\s?|\\(\\s?)(?:\\\\text\\s?\\{\\s*)?(?:as|from|by|see|using|i\\.\\s?e\\.?|ie|that is"
              + "|namely|which|not|rounded|obtained|after|so|in (?:simplest|lowest|total)|as required)(?=[\\s,:.)}]|$)");

  /** A value and, apart from it in brackets, the same value again. */
  private static final Pattern AGAIN =
      Pattern.compile(
          "(.*[^\\s\\\\])(?:\\s|\\\\[ ,;:]|\\\\q?quad|~)+(?:\\\\left)?\\(([^()]+?)(?:\\\\right)?\\)",
          Pattern.DOTALL);

  private Remarks() {}

  /** A text up to the remark at its end; {@code null} where it has none. */
  public static @Nullable String without(String text) {
    Matcher remark = REMARK.matcher(text);
    return remark.find() && remark.start() > 0 ? text.substring(0, remark.start()) : null;
  }

  /** The two writings of {@code \frac72\ (3.5)}; {@code null} where there are none. */
  static String @Nullable [] twice(String text) {
    Matcher again = text.length() < 200 && text.endsWith(")") ? AGAIN.matcher(text) : null;
    return again != null && again.matches() ? new String[] {again.group(1), again.group(2)} : null;
  }

  /** Whether words in brackets name the number before them: {@code 7 \text{ (seven)}}. */
  static boolean repeats(String words, Token number) {
    String plain = words.strip().toLowerCase(Locale.ROOT);
    return plain.startsWith("(")
        && plain.endsWith(")")
        && number.kind() == Token.Kind.NUMBER
        && number.text().equals(NumberWords.digits(PlainText.words(plain)));
  }
}
