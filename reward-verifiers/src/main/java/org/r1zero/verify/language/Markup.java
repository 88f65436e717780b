package org.r1zero.verify.language;

import java.util.regex.Pattern;

/**
 * Takes out of a text what is not prose: code in fences, in backquotes and in lines of its own,
 * LaTeX formulas and commands, tags, addresses. A gap stays in its place: a line break for what
 * ends a sentence, a space for what stands within one.
 *
 * <p>Bounded: one pass, with a look ahead of at most {@value #MAX_FORMULA} characters for the end
 * of a formula; an opening mark without its end counts as text, only a code fence goes on to the
 * end.
 */
final class Markup {

  private static final int MAX_FORMULA = 1000;

  /** Lines that can hardly be anything else than code. */
  private static final Pattern CODE_LINE =
      Pattern.compile(
          "(?m)^[ \\t]*+(?:"
              + "(?:def|class|for|while|if|elif|else|try|except|with|switch)\\b[^\\n]{0,300}[:{]"
              + "|import [\\w.]{1,60}(?: as \\w{1,60})?;?"
              + "|from [\\w.]{1,60} import [\\w., *]{1,200}"
              + "|return (?:\\w{1,60};?|[^\\n]{0,200}[()\\[\\]+*/;][^\\n]{0,200})"
              + "|[^\\n]{0,300}[;{]"
              + "|[})\\]]{1,10};?"
              + "|[A-Za-z_][\\w.\\[\\]]{0,60} ?[-+*/]?= ?[^\\n =]{1,100}"
              + "|[\\w.]{1,60}\\([^\\n]{0,200}\\);?"
              + ")[ \\t]*+$");

  /** Without \b, which looks back over all combining marks: quadratic in a text of them. */
  private static final Pattern ADDRESS =
      Pattern.compile(
          "(?<![A-Za-z])(?:(?:https?|ftp)://|www\\.)\\S{1,500}|[\\w.]{1,60}@[\\w.]{1,60}");

  private static final Pattern TAG = Pattern.compile("</?[A-Za-z][^<>\\n]{0,60}>");

  private Markup() {}

  /** The prose of {@code text}, gaps where something was taken out. */
  static String prose(String text) {
    String plain = withoutBlocks(text);
    plain = CODE_LINE.matcher(plain).replaceAll("\n");
    plain = ADDRESS.matcher(plain).replaceAll(" ");
    return TAG.matcher(plain).replaceAll("\n");
  }

  /** Leaves code and formulas out. */
  private static String withoutBlocks(String text) {
    StringBuilder prose = new StringBuilder(text.length());
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      int end = c == '`' || c == '$' || c == '\\' ? blockEnd(text, at) : at;
      if (end > at) {
        prose.append(isDisplay(text, at) ? '\n' : ' ');
        at = end;
      } else {
        prose.append(c);
        at++;
      }
    }
    return prose.toString();
  }

  /** Whether what starts there stands apart from the sentence around it. */
  private static boolean isDisplay(String text, int at) {
    return text.startsWith("```", at)
        || text.startsWith("$$", at)
        || text.startsWith("\\[", at)
        || text.startsWith("\\begin", at);
  }

  /** Where the code or formula that starts at {@code at} ends; {@code at} if none starts there. */
  private static int blockEnd(String text, int at) {
    if (text.startsWith("```", at)) {
      int close = text.indexOf("```", at + 3);
      return close < 0 ? text.length() : close + 3;
    } else if (text.charAt(at) == '`') {
      int close = find(text, "`", at + 1, lineEnd(text, at));
      return close < 0 ? at : close + 1;
    } else if (text.startsWith("$$", at)) {
      return after(text, "$$", at + 2, at);
    } else if (text.charAt(at) == '$') {
      return dollarEnd(text, at);
    } else if (text.startsWith("\\(", at)) {
      return after(text, "\\)", at + 2, at);
    } else if (text.startsWith("\\[", at)) {
      return after(text, "\\]", at + 2, at);
    } else if (text.startsWith("\\begin{", at)) {
      int name = find(text, "}", at + 7, at + 40);
      return name < 0 ? at : after(text, "\\end{" + text.substring(at + 7, name + 1), name, at);
    }
    return commandEnd(text, at);
  }

  /**
   * The end of a formula between single dollars. As in Pandoc, the first is followed by and the
   * second preceded by something other than a space, and no digit follows the second: {@code $5 and
   * $10} are prices.
   */
  private static int dollarEnd(String text, int at) {
    if (at + 1 >= text.length() || Character.isWhitespace(text.charAt(at + 1))) {
      return at;
    }
    int close = find(text, "$", at + 1, at + MAX_FORMULA);
    boolean formula =
        close > at + 1
            && !Character.isWhitespace(text.charAt(close - 1))
            && (close + 1 == text.length() || !Character.isDigit(text.charAt(close + 1)))
            && find(text, "\n\n", at, close) < 0;
    return formula ? close + 1 : at;
  }

  /** The end of a command's name; its arguments are text or numbers. */
  private static int commandEnd(String text, int at) {
    int end = at + 1;
    while (end < text.length() && isAsciiLetter(text.charAt(end))) {
      end++;
    }
    return end == at + 1 ? at : end;
  }

  private static int after(String text, String close, int from, int otherwise) {
    int found = find(text, close, from, from + MAX_FORMULA);
    return found < 0 ? otherwise : found + close.length();
  }

  /** The first place of {@code wanted} that starts at {@code from} or later, before {@code to}. */
  private static int find(String text, String wanted, int from, int to) {
    int last = Math.min(to, text.length() - wanted.length() + 1);
    for (int i = from; i < last; i++) {
      if (text.startsWith(wanted, i)) {
        return i;
      }
    }
    return -1;
  }

  private static int lineEnd(String text, int at) {
    int end = find(text, "\n", at, at + MAX_FORMULA);
    return end < 0 ? at + MAX_FORMULA : end;
  }

  private static boolean isAsciiLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }
}
