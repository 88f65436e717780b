package org.r1zero.verify.math.read;

import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.math.expr.Expr;
import org.r1zero.verify.math.expr.Op;

/** The words and LaTeX commands that answers are written with; {@code words.json} lists them. */
public final class Vocabulary {

  /** Functions by the name that follows a backslash or stands alone. */
  private static final Map<String, Op> FUNCTIONS = WordLists.meanings("functions", Op::valueOf);

  /** Greek letters and other symbols that stand for variables, by command. */
  private static final Set<String> GREEK = WordLists.set("greek");

  private static final Map<String, Expr> CONSTANTS =
      WordLists.meanings("constants", Expr.Constant::valueOf);

  private static final Map<String, Expr.Relation> RELATIONS =
      WordLists.meanings("relations", Expr.Relation::valueOf);

  /** Commands that are written as one sign. */
  private static final Map<String, String> OPERATORS =
      WordLists.meanings("operators", sign -> sign);

  /** Bracket commands by the sign that the lexer writes for them. */
  private static final Map<String, String> BRACKETS = WordLists.meanings("brackets", sign -> sign);

  /** Commands that the parser itself knows. */
  private static final Set<String> STRUCTURES = WordLists.set("structures");

  /** Commands that only change how things look, to be skipped. */
  private static final Set<String> SPACING = WordLists.set("spacing");

  /** Commands whose argument is text. */
  private static final Set<String> TEXTS = WordLists.set("texts");

  /** Units of more than one letter, which may follow a number without changing it. */
  private static final Set<String> UNITS = WordLists.set("units");

  /** Short words that are not products of variables. */
  private static final Set<String> WORDS = WordLists.set("short_words");

  /** Words that multiply the number before them. */
  private static final Map<String, BigInteger> MAGNITUDES =
      Map.of(
          "dozen", BigInteger.valueOf(12),
          "hundred", BigInteger.TEN.pow(2),
          "thousand", BigInteger.TEN.pow(3),
          "million", BigInteger.TEN.pow(6),
          "billion", BigInteger.TEN.pow(9),
          "trillion", BigInteger.TEN.pow(12));

  /** Words for a hundredth. */
  private static final Set<String> PERCENT = Set.of("percent", "percentage", "pct");

  static {
    for (Op op : Op.values()) {
      if (op.elementary()) {
        FUNCTIONS.put(op.name().toLowerCase(Locale.ROOT), op);
      }
    }
    Expr nothing = new Expr.Group(Expr.Shape.SET, List.of());
    CONSTANTS.put("emptyset", nothing);
    CONSTANTS.put("varnothing", nothing);
  }

  private Vocabulary() {}

  static @Nullable Op function(String name) {
    return FUNCTIONS.get(name);
  }

  static @Nullable Expr constant(String name) {
    return CONSTANTS.get(name);
  }

  static Expr.@Nullable Relation relation(String name) {
    return RELATIONS.get(name);
  }

  static @Nullable String operator(String name) {
    return OPERATORS.get(name);
  }

  static @Nullable String bracket(String name) {
    return BRACKETS.get(name);
  }

  /** Whether it is the name of a Greek letter. */
  public static boolean greek(String name) {
    return GREEK.contains(name);
  }

  static boolean structure(String name) {
    return STRUCTURES.contains(name);
  }

  static boolean spacing(String name) {
    return SPACING.contains(name);
  }

  static boolean text(String name) {
    return TEXTS.contains(name);
  }

  static boolean unit(String word) {
    return UNITS.contains(word) || UNITS.contains(word.toLowerCase(Locale.ROOT));
  }

  static boolean word(String word) {
    return WORDS.contains(word.toLowerCase(Locale.ROOT));
  }

  /** What a word multiplies the number before it by; {@code null} for other words. */
  static @Nullable BigInteger magnitude(String word) {
    return MAGNITUDES.get(word.toLowerCase(Locale.ROOT));
  }

  /** The sign that a word means; {@code null} for other words. */
  static @Nullable String sign(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "minus", "negative" -> "-";
      case "plus" -> "+";
      default -> null;
    };
  }

  static boolean percent(String word) {
    return PERCENT.contains(word.toLowerCase(Locale.ROOT));
  }

  /** Whether a backslash before {@code name} makes a command that this package reads. */
  static boolean command(String name) {
    return FUNCTIONS.containsKey(name)
        || CONSTANTS.containsKey(name)
        || RELATIONS.containsKey(name)
        || OPERATORS.containsKey(name)
        || BRACKETS.containsKey(name)
        || GREEK.contains(name)
        || STRUCTURES.contains(name)
        || SPACING.contains(name)
        || TEXTS.contains(name)
        || name.endsWith("frac")
        || name.equals("mathbb");
  }
}
