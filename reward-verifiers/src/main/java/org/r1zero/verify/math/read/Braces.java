package org.r1zero.verify.math.read;

/** Matching braces in LaTeX. */
public final class Braces {

  private Braces() {}

  /**
   * The index of the brace that closes the one at {@code open}; a brace after a backslash does not
   * count.
   *
   * @return -1 if there is no brace at {@code open} or it is never closed
   */
  public static int close(String text, int open) {
    if (open >= text.length() || text.charAt(open) != '{') {
      return -1;
    }
    int depth = 0;
    for (int i = open; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '{') {
        depth++;
      } else if (c == '}' && --depth == 0) {
        return i;
      }
    }
    return -1;
  }
}
