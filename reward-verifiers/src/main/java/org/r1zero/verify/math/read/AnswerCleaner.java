package org.r1zero.verify.math.read;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes from an answer what surrounds it: punctuation, bold type, colours, labels, units. */
public final class AnswerCleaner {

  /** A speed, a density and the like in plain letters at the end. */
  private static final Pattern COMPOUND_UNIT =
      Pattern.compile(
          "(?<=[\\d}$])(?:\\s|\\\\[ ,;:]|~){0,4}(?:k?m|cm|mm|ft|mi|k?g|mg|J|N|W|L|mL|V)\\s?/\\s?(?:s|h|hr|min|sec|c?m|k?g|L|mol|K|day)"
              + "(?:\\s?\\^\\s?\\{?\\d\\}?|[²³])?\\s*\\$?$");

  /** A word in a script that no variable is written in, after a number. */
  private static final Pattern FOREIGN_UNIT =
      Pattern.compile(
          "(?<=[\\d}%)])\\s{0,2}(?![零〇一二三四五六七八九十百千万萬億亿兆两兩半倍])(?:[\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}\\p{IsHangul}]{1,8}"
              + "|[\\p{IsCyrillic}]{1,12}\\.?)[²³]?$");

  private static final Pattern LOOKS =
      Pattern.compile(
          "\\\\(?:text)?color\\s?\\{[A-Za-z!0-9]{1,20}\\}|\\\\[hv]?phantom\\s?\\{[^{}]{0,40}\\}"
              + "|\\\\[hv]space\\*?\\s?\\{[^{}]{0,20}\\}");
  private static final Pattern LABEL =
      Pattern.compile(
          "^(?:\\\\text(?:bf)?\\s?\\{)?\\s{0,3}(?:the )?(?:final )?answer(?: is)?\\s?[:：]\\s{0,3}\\}?",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern ABOUT =
      Pattern.compile(
          "^(?:about|approximately|approx\\.?|roughly|around)\\s+(?=[\\d$\\\\-])",
          Pattern.CASE_INSENSITIVE);

  /** {@code 6.63\mathrm{e}{-34}}, and {@code 5 x 10^3}. */
  private static final Pattern WRITTEN_EXPONENT =
      Pattern.compile(
          "(?<=\\d)\\s?\\\\(?:mathrm|text|rm)\\s?\\{\\s?[eE]\\s?\\}\\s?\\{([+-]?\\d{1,4})\\}");

  private static final Pattern TIMES_TEN = Pattern.compile("(?<=\\d)\\s?[xX]\\s?(?=10\\s?\\^)");

  /** Digits that repeat: {@code 0.(36)}, {@code 0.\dot{3}\dot{6}}, {@code 0.\overline 3}. */
  private static final Pattern REPEATING_BRACKETS =
      Pattern.compile("(?<=\\d\\.)(\\d{0,30})\\((\\d{1,30})\\)(?![\\d(^])");

  private static final Pattern REPEATING_DOTS =
      Pattern.compile("\\\\dot\\s?\\{?(\\d)\\}?(\\d{0,30})\\\\dot\\s?\\{?(\\d)\\}?");
  private static final Pattern REPEATING_DIGIT =
      Pattern.compile("(?<=\\.\\d{0,30})\\\\(?:overline|bar|dot)\\s?(\\d)");

  /** Binomials with both numbers at a C: {@code ^{10}C_3}, {@code _{10}C_{3}}, {@code 10C3}. */
  private static final Pattern CHOSEN =
      Pattern.compile(
          "(?:\\{\\})?[\\^_]\\s?\\{?(\\w{1,6})\\}?\\s?(?:\\\\(?:mathrm|text|rm)\\s?\\{\\s?)?C\\s?\\}?\\s?_\\s?\\{?(\\w{1,6})\\}?"
              + "|(?<![\\w.])(\\d{1,6})C(\\d{1,6})(?!\\w)");

  /** {@code (mod 7)} beside a number. */
  private static final Pattern MODULUS =
      Pattern.compile(
          "(?<=[\\w}])\\s{0,2}\\((?:\\\\(?:text|mathrm)\\s?\\{)?\\s?(?:\\\\b)?mod\\s?\\}?\\s?([^()]{1,20})\\)");

  /** Signs of units at the end, after a number. */
  private static final Pattern SYMBOL =
      Pattern.compile(
          "(?<=[\\d}])(?:\\s|\\\\[ ,;:]|~){0,4}(?:\\\\(?:text|mathrm)\\s?\\{\\s?)?(?:[kKM]?\\s?(?:\\\\Omega|Ω|Ω)|(?:\\\\mu|[µμ])\\s?(?:\\\\(?:text|mathrm)\\s?\\{)?\\s?(?:m|s|g|A|F|V|C|L|W|H)\\}?"
              + "|℃|℉|Å|\\\\AA|\\\\euro|\\\\pounds|₩|₽)\\s?\\}?\\s?\\$?$");

  /** Thousands in the Swiss way: {@code 1'234'567}. */
  private static final Pattern APOSTROPHES =
      Pattern.compile("(?<![\\d'])\\d{1,3}(?:['’]\\d{3})+(?!['’\\d])");

  /** The dots of an unfinished decimal. */
  private static final Pattern UNFINISHED =
      Pattern.compile("(\\d\\.\\d{1,60})\\s?(?:\\\\[lc]?dots|\\.\\.\\.|…)");

  /** Open intervals as they are written in French: {@code ]1, 2[}. */
  private static final Pattern OUTWARD =
      Pattern.compile(
          "(?:\\\\left)?([\\[\\]])([^\\[\\]()]{1,80}[,;][^\\[\\]()]{1,80}?)(?:\\\\right)?([\\[\\]])");

  private static final Pattern TO =
      Pattern.compile(
          "(\\d{1,9})\\s?(?:\\\\?\\s?to\\s?|\\\\text\\s?\\{\\s?to\\s?\\})\\s?(\\d{1,9})");
  private static final Pattern NEGATIVE_SPACE = Pattern.compile("\\\\!\\s*");
  private static final Pattern TRAILING = Pattern.compile("[\\s.,;:。，；]+$");

  private AnswerCleaner() {}

  static String clean(String text) {
    String clean = TRAILING.matcher(halfWidth(text.strip())).replaceAll("");
    while (clean.length() > 4 && clean.startsWith("**") && clean.endsWith("**")) {
      clean = clean.substring(2, clean.length() - 2).strip();
    }
    while (clean.length() > 2 && clean.startsWith("`") && clean.endsWith("`")) {
      clean = clean.substring(1, clean.length() - 1).strip();
    }
    if (clean.endsWith("\\")) {
      clean = clean.substring(0, clean.length() - 1);
    }
    if (clean.indexOf('\\') >= 0) {
      clean = NEGATIVE_SPACE.matcher(clean).replaceAll("");
      clean = LOOKS.matcher(clean).replaceAll("");
    }
    clean = LABEL.matcher(clean).replaceFirst("");
    clean = ABOUT.matcher(clean).replaceFirst("≈");
    clean = COMPOUND_UNIT.matcher(clean.replace("{.}", ".")).replaceAll("");
    clean = FOREIGN_UNIT.matcher(clean).replaceAll("");
    clean = numerals(UNFINISHED.matcher(clean).replaceAll("$1"));
    Matcher ratio = TO.matcher(clean);
    clean = ratio.matches() ? ratio.group(1) + ":" + ratio.group(2) : inward(clean);
    return clean.startsWith("=") ? clean.substring(1) : clean;
  }

  /** Numbers in rarer notations in the usual one. */
  private static String numerals(String text) {
    String plain = text;
    if (plain.indexOf('\\') >= 0) {
      plain = WRITTEN_EXPONENT.matcher(plain).replaceAll("e$1");
      plain = REPEATING_DOTS.matcher(plain).replaceAll("\\\\overline{$1$2$3}");
      plain = REPEATING_DIGIT.matcher(plain).replaceAll("\\\\overline{$1}");
    }
    if (plain.indexOf('(') > 0) {
      plain = MODULUS.matcher(plain).replaceAll("\\\\pmod{$1}");
      plain = REPEATING_BRACKETS.matcher(plain).replaceAll("$1\\\\overline{$2}");
    }
    if (plain.indexOf('C') >= 0 && plain.length() < 400) {
      plain = CHOSEN.matcher(plain).replaceAll("\\\\binom{$1$3}{$2$4}");
    }
    if (plain.indexOf('\'') > 0 || plain.indexOf('’') > 0) {
      plain = APOSTROPHES.matcher(plain).replaceAll(m -> m.group().replaceAll("['’]", ""));
    }
    if (plain.indexOf('x') > 0 || plain.indexOf('X') > 0) {
      plain = TIMES_TEN.matcher(plain).replaceAll("*");
    }
    char last = plain.isEmpty() ? '0' : plain.charAt(plain.length() - 1);
    boolean symbol = plain.length() < 200 && last != ')' && !Character.isDigit(last);
    return symbol ? SYMBOL.matcher(plain).replaceFirst("") : plain;
  }

  /** Digits, letters and signs of East Asian width in the usual one. */
  private static String halfWidth(String text) {
    boolean wide = false;
    for (int i = 0; i < text.length() && !wide; i++) {
      wide = isWide(text.charAt(i));
    }
    if (!wide) {
      return text;
    }
    StringBuilder narrow = new StringBuilder(text);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isWide(c)) {
        narrow.setCharAt(i, c == '　' ? ' ' : c == '、' ? ',' : (char) (c - 0xFEE0));
      }
    }
    return narrow.toString();
  }

  /** Exclamation and question marks end a sentence, they are not factorials. */
  private static boolean isWide(char c) {
    return (c > '！' && c <= '～' && c != '？') || c == '　' || c == '、';
  }

  private static String inward(String text) {
    int first = firstOf(text, "()[]");
    int last = Math.max(text.lastIndexOf('['), text.lastIndexOf('('));
    boolean outward =
        first >= 0
            && (text.charAt(first) == ']'
                || (text.charAt(last < 0 ? first : last) == '['
                    && text.indexOf(']', last) < 0
                    && text.indexOf(')', last) < 0));
    if (!outward) {
      return text;
    }
    Matcher interval = OUTWARD.matcher(text);
    StringBuilder inward = new StringBuilder();
    while (interval.find()) {
      boolean leftOpen = interval.group(1).equals("]");
      boolean rightOpen = interval.group(3).equals("[");
      String whole =
          leftOpen || rightOpen
              ? (leftOpen ? "(" : "[") + interval.group(2) + (rightOpen ? ")" : "]")
              : interval.group();
      interval.appendReplacement(inward, Matcher.quoteReplacement(whole));
    }
    return interval.appendTail(inward).toString();
  }

  private static int firstOf(String text, String signs) {
    for (int i = 0; i < text.length(); i++) {
      if (signs.indexOf(text.charAt(i)) >= 0) {
        return i;
      }
    }
    return -1;
  }
}
