package org.r1zero.verify.math.read;

import java.util.EnumMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.math.expr.Assignments;
import org.r1zero.verify.math.expr.Expr;
import org.r1zero.verify.math.expr.ParseException;

/**
 * An answer's text with what it is read as; each way of reading is tried at most once.
 *
 * <p>Safe to share between threads.
 */
public final class AnswerText {

  /** Longer answers are not read: none is, and reading takes time. */
  static final int MAX_LENGTH = 4_000;

  private static final Pattern THOUSANDS = Pattern.compile("\\d,\\d{3}(?!\\d)");
  private static final Pattern DECIMAL_COMMA =
      Pattern.compile(
          "[^\\d,.()\\[\\]{}]{0,4}-?(?:0,|\\d{1,30},(?!\\d{3}(?!\\d)))(?!0+(?!\\d))\\d{1,30}[^\\d,.()\\[\\]{}]{0,20}");

  /** {@code , k \\in \\mathbb{Z}} at the end: the answer is a family of values. */
  private static final Pattern PARAMETER =
      Pattern.compile(
          "(?:(?:[,;，（(\\s]|\\\\q?quad|\\\\[ ,;:]|~|\\\\left\\(|\\\\text\\s?\\{[^{}]{0,20}\\})+)"
              + "([a-z])\\s{0,2}(?:\\\\in\\b|∈)\\s{0,2}"
              + "(?:\\{?\\s?\\\\(?:mathbb|mathbf|mathrm|Bbb|bf)\\s?)?\\{?\\s?[ZNℤℕ]\\s?\\}?\\}?"
              + "(?:[_^]\\s?\\{?[+*0]\\}?)?\\s?(?:\\\\right)?[)）]?$");

  /** "About" and its signs before the value; after one, they say it again rounded. */
  private static final Pattern HEDGE =
      Pattern.compile(
          "^[\\s$(]*(?:\\\\text\\s?\\{\\s*)?"
              + "(?:[≈≃∼]|~(?=\\s?\\d[^~]*$)|\\\\(?:approx|sim|simeq|thickapprox)(?![a-z])"
              + "|(?:about|approximately|approx|roughly|around|nearly|almost|circa|ca)(?![a-z]))",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern DEGREES = Pattern.compile("\\\\circ|°|\\\\degree|\\bdegrees?\\b");
  private static final Pattern SPACED_UNIT = Pattern.compile("\\d[\\s~]+[A-Za-z]\\W*$");

  private final String text;
  private final @Nullable String parameter;
  private final Map<ReadingRules, Object> readings = new EnumMap<>(ReadingRules.class);

  /** Reads a text; whether {@code 2e-1} has Euler's number in it is seen from the text. */
  public AnswerText(String text) {
    this(text, EulersNumber.isIn(text));
  }

  /**
   * Reads a text.
   *
   * @param euler whether {@code 2e-1} has Euler's number in it, rather than a power of ten
   */
  public AnswerText(String text, boolean euler) {
    String clean = text.length() > MAX_LENGTH ? text : AnswerCleaner.clean(text);
    clean = euler ? EulersNumber.apart(clean) : clean;
    Matcher member = PARAMETER.matcher(clean);
    boolean family =
        clean.length() < 400 && (clean.contains("in") || clean.contains("∈")) && member.find();
    family = family && member.start() > 0;
    this.parameter = family ? member.group(1) : null;
    this.text = family ? clean.substring(0, member.start()) : clean;
  }

  /** The text without what surrounds an answer. */
  public String text() {
    return text;
  }

  /** The variable that runs through all whole numbers; {@code null} where there is none. */
  public @Nullable String parameter() {
    return parameter;
  }

  /** Whether it says of itself that it is near the answer: {@code about 5}, {@code \approx 5}. */
  public boolean isHedged() {
    return text.length() < 400 && HEDGE.matcher(text).find();
  }

  /** Whether a sign or word for degrees stands in it. */
  public boolean hasDegrees() {
    return text.length() < 200 && DEGREES.matcher(text).find();
  }

  /** The tree that the text is read as; {@code null} where it is not mathematics. */
  public @Nullable Expr read(ReadingRules way) {
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
      Expr read = Assignments.withoutConditions(AnswerParser.parse(text, way));
      Expr once = writtenTwice(way);
      return once == null ? read : once;
    } catch (ParseException e) {
      Expr once = writtenTwice(way);
      return once == null ? withoutRemark(way) : once;
    }
  }

  /**
   * Of {@code \frac72\ (3.5)} the first; {@code null} where it is not a value with the same again.
   */
  private @Nullable Expr writtenTwice(ReadingRules way) {
    String[] both = Remarks.twice(text);
    if (both == null) {
      return null;
    }
    String digits = WordAnswers.digits(both[1]);
    String again = digits == null ? both[1] : digits;
    try {
      Expr first = AnswerParser.parse(both[0], way);
      return Assignments.sameNumber(first, AnswerParser.parse(again, way)) ? first : null;
    } catch (ParseException e) {
      return null;
    }
  }

  /** Without what an answer says of its variables or its origin: {@code 6k, where k is whole}. */
  private Object withoutRemark(ReadingRules way) {
    String plain = Remarks.without(text);
    if (plain == null) {
      return "no mathematics";
    }
    try {
      return AnswerParser.parse(plain, way);
    } catch (ParseException e) {
      return "no mathematics";
    }
  }

  /** Whether commas in it can be thousands separators. */
  public boolean hasThousands() {
    return THOUSANDS.matcher(text).find();
  }

  /** Whether a comma in it can be a decimal point. */
  public boolean hasDecimalComma() {
    return text.length() < 60 && DECIMAL_COMMA.matcher(text).matches();
  }

  /** Whether it ends with a number and, apart from it, a letter: {@code 3 s}. */
  public boolean hasSpacedUnit() {
    return text.length() < 60 && SPACED_UNIT.matcher(text).find();
  }

  /** Whether the usual reading makes sense of a text. */
  public static boolean parses(String text) {
    return new AnswerText(text).read(ReadingRules.USUAL) != null;
  }
}
