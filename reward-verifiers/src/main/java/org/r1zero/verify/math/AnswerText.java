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

  /** A speed, a density and the like in plain letters at the end. */
  private static final Pattern COMPOUND_UNIT =
      Pattern.compile(
          "(?<=\\d)\\s*(?:k?m|cm|mm|ft|mi|k?g|mg|J|N|W|L|mL|V)\\s?/\\s?(?:s|h|hr|min|sec|c?m|k?g|L|mol|K|day)"
              + "(?:\\s?\\^\\s?\\{?\\d\\}?|[²³])?\\s*\\$?$");

  private static final Pattern REMARK =
      Pattern.compile(
          "\\$?\\s*,?\\s*(?:\\\\text\\s?\\{\\s*)?\\b(?:where|for (?:all|any|every|some))\\b");
  private static final Pattern SPACED_UNIT = Pattern.compile("\\d[\\s~]+[A-Za-z]\\W*$");
  private static final Pattern NEGATIVE_SPACE = Pattern.compile("\\\\!\\s*");
  private static final Pattern TRAILING = Pattern.compile("[\\s.,;:]+$");

  private final String text;
  private final Map<ReadingRules, Object> readings = new EnumMap<>(ReadingRules.class);

  AnswerText(String text) {
    this.text = text.length() > MAX_LENGTH ? text : clean(text);
  }

  /** The text without what surrounds an answer. */
  String text() {
    return text;
  }

  private static String clean(String text) {
    String clean = TRAILING.matcher(text.strip()).replaceAll("");
    while (clean.length() > 4 && clean.startsWith("**") && clean.endsWith("**")) {
      clean = clean.substring(2, clean.length() - 2).strip();
    }
    if (clean.endsWith("\\")) {
      clean = clean.substring(0, clean.length() - 1);
    }
    if (clean.indexOf('\\') >= 0) {
      clean = NEGATIVE_SPACE.matcher(clean).replaceAll("");
    }
    clean = COMPOUND_UNIT.matcher(clean.replace("{.}", ".")).replaceAll("");
    return clean.startsWith("=") ? clean.substring(1) : clean;
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
