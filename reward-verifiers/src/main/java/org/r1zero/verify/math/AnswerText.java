package org.r1zero.verify.math;

import java.util.EnumMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An answer's text with what it is read as; each way of reading is tried at most once.
 *
 * <p>Safe to share between threads.
 */
final class AnswerText {

  /** Longer answers are not read: none is, and reading takes time. */
  static final int MAX_LENGTH = 4_000;

  private static final Pattern THOUSANDS = Pattern.compile("\\d,\\d{3}(?!\\d)");
  private static final Pattern DECIMAL_COMMA =
      Pattern.compile("[^\\d,.()\\[\\]{}]{0,4}-?\\d{1,30},\\d{1,30}[^\\d,.()\\[\\]{}]{0,20}");

  private static final Pattern REMARK =
      Pattern.compile(
          "\\$?\\s*,?\\s*(?:\\\\text\\s?\\{\\s*)?\\b(?:where|for (?:all|any|every|some))\\b");

  /** {@code , k \\in \\mathbb{Z}} at the end: the answer is a family of values. */
  private static final Pattern PARAMETER =
      Pattern.compile(
          "(?:(?:[,;，（(\\s]|\\\\q?quad|\\\\[ ,;:]|~|\\\\left\\(|\\\\text\\s?\\{[^{}]{0,20}\\})+)"
              + "([a-z])\\s{0,2}(?:\\\\in\\b|∈)\\s{0,2}"
              + "(?:\\{?\\s?\\\\(?:mathbb|mathbf|mathrm|Bbb|bf)\\s?)?\\{?\\s?[ZNℤℕ]\\s?\\}?\\}?"
              + "(?:[_^]\\s?\\{?[+*0]\\}?)?\\s?(?:\\\\right)?[)）]?$");

  private static final Pattern DEGREES = Pattern.compile("\\\\circ|°|\\\\degree|\\bdegrees?\\b");
  private static final Pattern SPACED_UNIT = Pattern.compile("\\d[\\s~]+[A-Za-z]\\W*$");

  private final String text;
  private final @Nullable String parameter;
  private final Map<ReadingRules, Object> readings = new EnumMap<>(ReadingRules.class);

  AnswerText(String text) {
    String clean = text.length() > MAX_LENGTH ? text : AnswerCleaner.clean(text);
    Matcher member = PARAMETER.matcher(clean);
    boolean family =
        clean.length() < 400 && (clean.contains("in") || clean.contains("∈")) && member.find();
    family = family && member.start() > 0;
    this.parameter = family ? member.group(1) : null;
    this.text = family ? clean.substring(0, member.start()) : clean;
  }

  /** The text without what surrounds an answer. */
  String text() {
    return text;
  }

  /** The variable that runs through all whole numbers; {@code null} where there is none. */
  @Nullable String parameter() {
    return parameter;
  }

  /** Whether a sign or word for degrees stands in it. */
  boolean hasDegrees() {
    return text.length() < 200 && DEGREES.matcher(text).find();
  }

  /** The tree that the text is read as; {@code null} where it is no mathematics. */
  @Nullable Expr read(ReadingRules way) {
    synchronized (readings) {
      Object known = readings.computeIfAbsent(way, this::parse);
      return known instanceof Expr expr ? expr : null;
    }
  }

  private Object parse(ReadingRules way) {
    if (text.length() > MAX_LENGTH) {
      return "too long";
    }
    try {
      return Assignments.withoutConditions(AnswerParser.parse(text, way));
    } catch (ParseException e) {
      return withoutRemark(way);
    }
  }

  /** Without what an answer says of its variables: {@code 6k, where k is an integer}. */
  private Object withoutRemark(ReadingRules way) {
    Matcher remark = REMARK.matcher(text);
    if (!remark.find() || remark.start() == 0) {
      return lastSide(way);
    }
    try {
      return AnswerParser.parse(text.substring(0, remark.start()), way);
    } catch (ParseException e) {
      return lastSide(way);
    }
  }

  /** Of {@code x = … = 5} with a part that can't be read, the last part alone counts. */
  private Object lastSide(ReadingRules way) {
    int last = text.lastIndexOf('=');
    boolean chain = last > 0 && text.indexOf('=') < last && text.indexOf(',') < 0;
    if (!chain || text.charAt(last - 1) == '<' || text.charAt(last - 1) == '>') {
      return "no mathematics";
    }
    try {
      return AnswerParser.parse(text.substring(last + 1), way);
    } catch (ParseException e) {
      return "no mathematics";
    }
  }

  boolean hasThousands() {
    return THOUSANDS.matcher(text).find();
  }

  boolean hasDecimalComma() {
    return text.length() < 60 && DECIMAL_COMMA.matcher(text).matches();
  }

  /** Whether it ends with a number and, apart from it, a letter: {@code 3 s}. */
  boolean hasSpacedUnit() {
    return text.length() < 60 && SPACED_UNIT.matcher(text).find();
  }

  /** Whether the usual reading makes sense of a text. */
  static boolean parses(String text) {
    return new AnswerText(text).read(ReadingRules.USUAL) != null;
  }
}
