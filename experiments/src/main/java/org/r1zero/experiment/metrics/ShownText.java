package org.r1zero.experiment.metrics;

/** Text from data, models and files, made safe to print. */
public final class ShownText {
  private static final int SOFT_HYPHEN = 0xad;
  private static final int ZERO_WIDTH_NON_JOINER = 0x200c;
  private static final int ZERO_WIDTH_JOINER = 0x200d;

  private ShownText() {}

  /**
   * The same text with every character that could steer a terminal or hide what stands there
   * written as {@code \}{@code uXXXX}: ESC and the other control characters but for line feed and
   * tab, bidirectional overrides, line separators, invisible formatting, halves of characters. What
   * JSON strings hold stays the same JSON.
   */
  public static String shown(CharSequence text) {
    StringBuilder shown = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (isPlain(c)) {
                shown.appendCodePoint(c);
              } else {
                for (char unit : Character.toChars(c)) {
                  shown.append(String.format("\\u%04x", (int) unit));
                }
              }
            });
    return shown.toString();
  }

  private static boolean isPlain(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL -> c == '\n' || c == '\t';
      case Character.FORMAT ->
          c == SOFT_HYPHEN || c == ZERO_WIDTH_NON_JOINER || c == ZERO_WIDTH_JOINER;
      case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE -> false;
      default -> true;
    };
  }

  /** How many columns of a terminal a text takes at most. */
  static int columns(String text) {
    return text.codePoints().map(ShownText::columns).sum();
  }

  /** As much of a text as fits into so many columns. */
  static String cut(String text, int columns) {
    int left = columns;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      left -= columns(text.codePointAt(i));
      if (left < 0) {
        return text.substring(0, i);
      }
    }
    return text;
  }

  /** Hangul, ideographs, full-width forms and emoji take two; counting too many does no harm. */
  private static int columns(int c) {
    return c >= 0x1100 ? 2 : 1;
  }
}
