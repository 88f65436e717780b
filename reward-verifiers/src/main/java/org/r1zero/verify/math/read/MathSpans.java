package org.r1zero.verify.math.read;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the formulas and numbers of a text: what stands between dollars or LaTeX's brackets, and
 * numbers and calculations outside of them.
 *
 * @param text the formula, a percent sign after it included
 * @param start where it starts in the text
 * @param end the index after it
 */
public record MathSpans(String text, int start, int end) {

  private static final Pattern JOINT =
      Pattern.compile("\\s{0,3}(?:,?\\s?(?:and|or)\\b|,)\\s{0,3}", Pattern.CASE_INSENSITIVE);
  private static final Pattern PERCENT =
      Pattern.compile(
          "\\s{0,3}(?:\\\\?%|percent\\b|percentage\\b|pct\\b)", Pattern.CASE_INSENSITIVE);
  private static final Pattern MAGNITUDE =
      Pattern.compile(
          "\\s{1,3}(?:dozen|hundred|thousand|million|billion|trillion)\\b",
          Pattern.CASE_INSENSITIVE);

  /** A number with its sign in words, and a share: "minus 7", "3 out of 4". */
  private static final Pattern SIGNED =
      Pattern.compile(
          "\\b(?:minus|negative)\\s{1,3}(\\d{1,20}(?:\\.\\d{1,20})?)(?![\\d,])",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern SHARE =
      Pattern.compile("(?<![\\w.,])(\\d{1,12}) out of (\\d{1,12})(?![\\w.,]*\\d)");
  private static final Pattern FRACTION =
      Pattern.compile("-?\\\\[dtc]?frac\\s?\\{-?\\d{1,20}\\}\\s?\\{-?\\d{1,20}\\}");
  private static final Pattern NUMBER =
      Pattern.compile(
          "[-−]?(?:[1-9]\\d{0,2}(?:[ ,]\\d{3}){1,20}(?!\\d)(?:\\.\\d{1,300})?|\\d{1,300}[.,]\\d{1,300}"
              + "|\\.\\d{1,300}|\\d{1,300})");

  /** A tuple or an interval of numbers. */
  private static final Pattern TUPLE =
      Pattern.compile("[(\\[]\\s?[-−\\d][^()\\[\\]\\n]{0,60},[^()\\[\\]\\n]{1,60}[)\\]]");

  private static final String CURRENCY = "$€£¥₹₽₩";
  private static final String OPERATORS = "+-−*×/^÷";

  /** All formulas in dollars or LaTeX's brackets, those of one enumeration joined. */
  public static List<MathSpans> formulas(String text) {
    List<MathSpans> spans = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      MathSpans span = c == '\\' ? bracketed(text, at) : c == '$' ? dollars(text, at) : null;
      if (span == null) {
        at += c == '\\' ? 2 : 1;
      } else {
        join(spans, withPercent(span, text), text);
        at = span.end;
      }
    }
    return spans;
  }

  private static void join(List<MathSpans> spans, MathSpans next, String text) {
    MathSpans last = spans.isEmpty() ? null : spans.get(spans.size() - 1);
    if (last != null
        && next.start - last.end <= 12
        && JOINT.matcher(text.substring(last.end, next.start)).matches()) {
      spans.set(
          spans.size() - 1, new MathSpans(last.text + ", " + next.text, last.start, next.end));
    } else {
      spans.add(next);
    }
  }

  /** Between {@code \( \)} or {@code \[ \]}, whose backslashes may be doubled. */
  private static @Nullable MathSpans bracketed(String text, int at) {
    int name = text.startsWith("\\\\", at) ? at + 2 : at + 1;
    char open = name < text.length() ? text.charAt(name) : ' ';
    if (open != '(' && open != '[') {
      return null;
    }
    String close = text.substring(at, name) + (open == '(' ? ')' : ']');
    int from = name + 1;
    int end = text.indexOf(close, from);
    if (end < 0) {
      return null;
    }
    String content = text.substring(from, end);
    boolean broken = open == '(' && content.indexOf('\n') >= 0;
    return broken || content.isBlank() ? null : new MathSpans(content, at, end + close.length());
  }

  private static @Nullable MathSpans dollars(String text, int at) {
    boolean display = text.startsWith("$$", at);
    int from = at + (display ? 2 : 1);
    if (!display && at > 0 && Character.isDigit(text.charAt(at - 1))) {
      return null;
    }
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '\n' && !display) {
        return null;
      } else if (c == '$' && (!display || text.startsWith("$$", i))) {
        String content = text.substring(from, i);
        return content.isBlank() ? null : new MathSpans(content, at, i + (display ? 2 : 1));
      }
    }
    return null;
  }

  private static MathSpans withPercent(MathSpans span, String text) {
    Matcher percent =
        PERCENT.matcher(text).region(span.end, Math.min(text.length(), span.end + 20));
    if (percent.lookingAt() && !span.text.contains("%")) {
      return new MathSpans(span.text + " \\%", span.start, percent.end());
    }
    Matcher magnitude =
        MAGNITUDE.matcher(text).region(span.end, Math.min(text.length(), span.end + 20));
    return magnitude.lookingAt()
        ? new MathSpans(span.text + " " + magnitude.group().strip(), span.start, magnitude.end())
        : span;
  }

  /** Whether no formula of {@code text} has the place {@code at} within it. */
  public static boolean outside(String text, int at) {
    return formulas(text).stream().noneMatch(span -> span.start() < at && at < span.end());
  }

  /** Whether a percent sign or word stands at {@code at}. */
  public static boolean percentAt(String text, int at) {
    return PERCENT.matcher(text).region(at, Math.min(text.length(), at + 20)).lookingAt();
  }

  /** Numbers, calculations and LaTeX fractions outside of formulas. */
  public static List<MathSpans> plain(String text) {
    List<MathSpans> spans = new ArrayList<>();
    Matcher fraction = FRACTION.matcher(text);
    while (fraction.find()) {
      spans.add(
          withPercent(new MathSpans(fraction.group(), fraction.start(), fraction.end()), text));
    }
    Matcher tuple = TUPLE.matcher(text);
    while (tuple.find()) {
      if (AnswerText.parses(tuple.group())) {
        spans.add(new MathSpans(tuple.group(), tuple.start(), tuple.end()));
      }
    }
    Matcher signed = SIGNED.matcher(text);
    while (signed.find()) {
      spans.add(
          withPercent(new MathSpans("-" + signed.group(1), signed.start(), signed.end()), text));
    }
    Matcher share = SHARE.matcher(text);
    while (share.find()) {
      spans.add(new MathSpans(share.group(1) + "/" + share.group(2), share.start(), share.end()));
    }
    int at = 0;
    while (at < text.length()) {
      if (startsNumber(text, at)) {
        int end = runEnd(text, at);
        spans.addAll(ofRun(text, at, end));
        at = Math.max(end, at + 1);
      } else {
        at++;
      }
    }
    return spans;
  }

  private static boolean startsNumber(String text, int at) {
    char c = text.charAt(at);
    boolean first =
        Character.isDigit(c)
            || ((c == '-' || c == '−' || c == '(' || c == '.')
                && at + 1 < text.length()
                && (Character.isDigit(text.charAt(at + 1))
                    || (text.charAt(at + 1) == '-' && c == '(')
                    || (text.charAt(at + 1) == '.' && c == '-')));
    if (!first || at == 0) {
      return first;
    }
    char before = text.charAt(at - 1);
    return Character.isWhitespace(before)
        || "=*:~≈(\"'".indexOf(before) >= 0
        || CURRENCY.indexOf(before) >= 0;
  }

  private static int runEnd(String text, int start) {
    int end = start;
    while (end < text.length() && end < start + 400) {
      char c = text.charAt(end);
      if (!Character.isDigit(c) && ".,() \u00a0%".indexOf(c) < 0 && OPERATORS.indexOf(c) < 0) {
        break;
      }
      end++;
    }
    return end;
  }

  /** The calculation that ends a run of digits and signs, and the numbers in it. */
  private static List<MathSpans> ofRun(String text, int start, int end) {
    List<MathSpans> spans = new ArrayList<>();
    int last = start;
    int number = start;
    Matcher numbers = NUMBER.matcher(text).region(start, end);
    while (numbers.find()) {
      number = numbers.start();
      last = numbers.end();
      spans.add(withPercent(new MathSpans(numbers.group(), number, last), text));
    }
    int from = Math.max(start, text.lastIndexOf(", ", last) + 2);
    int to = last;
    while (to < end && text.charAt(to) == ')') {
      to++;
    }
    if (from < to) {
      String run = text.substring(from, to);
      boolean calculation = run.chars().skip(1).anyMatch(c -> OPERATORS.indexOf(c) >= 0);
      if (calculation) {
        spans.add(withPercent(new MathSpans(run, from, to), text));
      }
    }
    return spans;
  }
}
