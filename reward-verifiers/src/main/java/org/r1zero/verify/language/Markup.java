package org.r1zero.verify.language;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes out of a text what is not prose: code in fences, in backquotes and in lines of its own,
 * LaTeX formulas and commands, tags, addresses. A gap stays in its place: a line break for what
 * ends a sentence, a space for what stands within one.
 *
 * <p>Marks do not make prose code: of all these the sentences stay ({@value #SENTENCE} words in a
 * row), the words in {@code \text{}}, and the letters of scripts that neither programs nor formulas
 * are written in.
 *
 * <p>Bounded: one pass, with a look ahead of at most {@value #MAX_FORMULA} characters for the end
 * of a formula; an opening mark without its end counts as text, only a code fence goes on to the
 * end.
 */
final class Markup {

  private static final int MAX_FORMULA = 1000;

  /** So many words with nothing but spaces and commas between them are a sentence. */
  private static final int SENTENCE = 5;

  private static final Pattern PROSE =
      Pattern.compile(
          // The argument of a text command.
          "\\\\(?:text(?:bf|it|rm|normal|sf|tt|up)?|mbox|hbox|emph)\\s?\\{([^{}]{1,500})\\}"
              // A sentence.
              + "|(?<![\\p{L}\\p{M}\\\\_])(\\p{L}[\\p{L}\\p{M}'’]{0,40}"
              + "(?:[ ,.;:!?]{1,3}+\\n?+\\p{L}[\\p{L}\\p{M}'’]{0,40}){"
              + (SENTENCE - 1)
              + ",400})"
              // Letters that are not symbols.
              + "|([\\p{L}\\p{M}&&[^\\p{IsLatin}\\p{IsGreek}\\p{IsCommon}\\p{IsInherited}]]{2,400})");

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
          "(?<![A-Za-z])(?:(?:https?|ftp)://|www\\.)[\\S&&[\\p{ASCII}\\p{IsLatin}]]{1,500}"
              + "|[\\w.]{1,60}@[\\w.]{1,60}");

  /** A tag, its attributes in quotation marks. */
  private static final Pattern TAG =
      Pattern.compile(
          "<(/?)([A-Za-z][\\w:-]{0,30})(?:\\s[\\w:-]{1,30}=(?:\"[^\"\\n<>]{0,60}\"|\\w{1,20}))*\\s?/?>");

  /** More different names that nothing closes are words in angle brackets. */
  private static final int MAX_TAGS = 8;

  private Markup() {}

  /** The prose of {@code text}, gaps where something was taken out. */
  static String prose(String text) {
    String plain = withoutBlocks(text);
    plain =
        CODE_LINE
            .matcher(plain)
            .replaceAll(line -> Matcher.quoteReplacement("\n" + proseIn(line.group()) + "\n"));
    plain = ADDRESS.matcher(plain).replaceAll(" ");
    return withoutTags(plain);
  }

  /** Without tags; where there are many of them, those that nothing closes are words. */
  private static String withoutTags(String text) {
    Set<String> open = new HashSet<>();
    Set<String> closed = new HashSet<>();
    TAG.matcher(text)
        .results()
        .forEach(tag -> (tag.group(1).isEmpty() ? open : closed).add(tag.group(2)));
    open.removeAll(closed);
    return TAG.matcher(text)
        .replaceAll(tag -> open.size() > MAX_TAGS && open.contains(tag.group(2)) ? " $2 " : "\n");
  }

  /** The words of code or a formula that are neither. */
  private static String proseIn(String block) {
    StringBuilder prose = new StringBuilder();
    Matcher matcher = PROSE.matcher(block);
    while (matcher.find()) {
      String words =
          matcher.group(1) != null
              ? matcher.group(1)
              : matcher.group(2) != null ? matcher.group(2) : matcher.group(3);
      prose.append(words).append(' ');
    }
    return prose.toString();
  }

  /** Leaves code and formulas out. */
  private static String withoutBlocks(String text) {
    StringBuilder prose = new StringBuilder(text.length());
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      int end = c == '`' || c == '$' || c == '\\' ? blockEnd(text, at) : at;
      if (end > at) {
        char gap = isDisplay(text, at) ? '\n' : ' ';
        prose.append(gap).append(proseIn(text.substring(at, end))).append(gap);
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
