package org.r1zero.verify.math.read;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.math.expr.Expr;
import org.r1zero.verify.math.expr.Op;

/** The words and LaTeX commands that answers are written with. */
public final class Vocabulary {

  /** Functions by the name that follows a backslash or stands alone. */
  private static final Map<String, Op> FUNCTIONS = new HashMap<>();

  /** Greek letters and other symbols that stand for variables, by command. */
  private static final Set<String> GREEK =
      Set.of(
          "alpha",
          "beta",
          "gamma",
          "delta",
          "epsilon",
          "varepsilon",
          "zeta",
          "eta",
          "theta",
          "vartheta",
          "iota",
          "kappa",
          "lambda",
          "mu",
          "nu",
          "xi",
          "omicron",
          "rho",
          "varrho",
          "sigma",
          "varsigma",
          "tau",
          "upsilon",
          "phi",
          "varphi",
          "chi",
          "psi",
          "omega",
          "Gamma",
          "Delta",
          "Theta",
          "Lambda",
          "Xi",
          "Sigma",
          "Upsilon",
          "Phi",
          "Psi",
          "Omega",
          "ell",
          "hbar",
          "square",
          "angle",
          "triangle",
          "parallel",
          "perp",
          "partial",
          "nabla",
          "ldots",
          "dots",
          "cdots");

  private static final Map<String, Expr> CONSTANTS =
      Map.ofEntries(
          Map.entry("pi", Expr.Constant.PI),
          Map.entry("infty", Expr.Constant.INFINITY),
          Map.entry("infinity", Expr.Constant.INFINITY),
          Map.entry("inf", Expr.Constant.INFINITY),
          Map.entry("oo", Expr.Constant.INFINITY),
          Map.entry("exponentialE", Expr.Constant.E),
          Map.entry("imath", Expr.Constant.I),
          Map.entry("emptyset", new Expr.Group(Expr.Shape.SET, java.util.List.of())),
          Map.entry("varnothing", new Expr.Group(Expr.Shape.SET, java.util.List.of())));

  private static final Map<String, Expr.Relation> RELATIONS =
      Map.ofEntries(
          Map.entry("le", Expr.Relation.LESS_EQUAL),
          Map.entry("leq", Expr.Relation.LESS_EQUAL),
          Map.entry("leqslant", Expr.Relation.LESS_EQUAL),
          Map.entry("leqq", Expr.Relation.LESS_EQUAL),
          Map.entry("ge", Expr.Relation.GREATER_EQUAL),
          Map.entry("geq", Expr.Relation.GREATER_EQUAL),
          Map.entry("geqslant", Expr.Relation.GREATER_EQUAL),
          Map.entry("geqq", Expr.Relation.GREATER_EQUAL),
          Map.entry("lt", Expr.Relation.LESS),
          Map.entry("gt", Expr.Relation.GREATER),
          Map.entry("ne", Expr.Relation.NOT_EQUAL),
          Map.entry("neq", Expr.Relation.NOT_EQUAL),
          Map.entry("eq", Expr.Relation.EQUAL),
          Map.entry("approx", Expr.Relation.APPROXIMATELY),
          Map.entry("approxeq", Expr.Relation.APPROXIMATELY),
          Map.entry("simeq", Expr.Relation.APPROXIMATELY),
          Map.entry("sim", Expr.Relation.APPROXIMATELY),
          Map.entry("doteq", Expr.Relation.APPROXIMATELY),
          Map.entry("cong", Expr.Relation.CONGRUENT),
          Map.entry("equiv", Expr.Relation.CONGRUENT),
          Map.entry("in", Expr.Relation.IN),
          Map.entry("notin", Expr.Relation.NOT_IN),
          Map.entry("subset", Expr.Relation.SUBSET),
          Map.entry("subseteq", Expr.Relation.SUBSET));

  /** Commands that are written as one sign. */
  private static final Map<String, String> OPERATORS =
      Map.ofEntries(
          Map.entry("cdot", "*"),
          Map.entry("times", "*"),
          Map.entry("ast", "*"),
          Map.entry("star", "*"),
          Map.entry("bullet", "*"),
          Map.entry("div", "/"),
          Map.entry("pm", "±"),
          Map.entry("mp", "∓"),
          Map.entry("cup", "∪"),
          Map.entry("bigcup", "∪"),
          Map.entry("cap", "∩"),
          Map.entry("bigcap", "∩"),
          Map.entry("setminus", "∖"),
          Map.entry("backslash", "∖"),
          Map.entry("smallsetminus", "∖"),
          Map.entry("mod", "mod"),
          Map.entry("bmod", "mod"),
          Map.entry("colon", ":"),
          Map.entry("land", "and"),
          Map.entry("wedge", "and"),
          Map.entry("lor", "or"),
          Map.entry("vee", "or"),
          Map.entry("prime", "'"),
          Map.entry("to", "→"),
          Map.entry("rightarrow", "→"),
          Map.entry("Rightarrow", "→"),
          Map.entry("longrightarrow", "→"),
          Map.entry("Longrightarrow", "→"),
          Map.entry("degree", "°"),
          Map.entry("circ", "°"));

  /** Bracket commands by the sign that the lexer writes for them. */
  private static final Map<String, String> BRACKETS =
      Map.ofEntries(
          Map.entry("lbrace", "\\{"),
          Map.entry("rbrace", "\\}"),
          Map.entry("lbrack", "["),
          Map.entry("rbrack", "]"),
          Map.entry("lparen", "("),
          Map.entry("rparen", ")"),
          Map.entry("lgroup", "("),
          Map.entry("rgroup", ")"),
          Map.entry("langle", "("),
          Map.entry("rangle", ")"),
          Map.entry("lfloor", "⌊"),
          Map.entry("rfloor", "⌋"),
          Map.entry("llcorner", "⌊"),
          Map.entry("lrcorner", "⌋"),
          Map.entry("lceil", "⌈"),
          Map.entry("rceil", "⌉"),
          Map.entry("ulcorner", "⌈"),
          Map.entry("urcorner", "⌉"),
          Map.entry("vert", "|"),
          Map.entry("lvert", "|"),
          Map.entry("rvert", "|"),
          Map.entry("mid", "|"));

  /** Commands that the parser itself knows. */
  private static final Set<String> STRUCTURES =
      Set.of(
          "frac",
          "sqrt",
          "binom",
          "choose",
          "over",
          "overline",
          "bar",
          "underline",
          "hat",
          "vec",
          "tilde",
          "overrightarrow",
          "widehat",
          "boxed",
          "fbox",
          "begin",
          "end",
          "sum",
          "prod",
          "int",
          "lim",
          "pmod",
          "complement",
          "variable");

  /** Commands that only change how things look, to be skipped. */
  private static final Set<String> SPACING =
      Set.of(
          "left",
          "right",
          "mleft",
          "mright",
          "middle",
          "big",
          "Big",
          "bigg",
          "Bigg",
          "bigl",
          "bigr",
          "Bigl",
          "Bigr",
          "biggl",
          "biggr",
          "quad",
          "qquad",
          "displaystyle",
          "textstyle",
          "scriptstyle",
          "limits",
          "nolimits",
          "thinspace",
          "enspace",
          "space",
          "hspace",
          "vspace",
          "phantom",
          "rm",
          "bf",
          "it",
          "cal",
          "normalsize",
          "large",
          "Large",
          "small",
          "nonumber",
          "hline",
          "label",
          "noindent",
          "centering",
          "cdotp",
          "negthinspace",
          "hfill",
          "par");

  /** Commands whose argument is text. */
  private static final Set<String> TEXTS =
      Set.of(
          "text",
          "textbf",
          "textit",
          "textrm",
          "textnormal",
          "textsf",
          "texttt",
          "textup",
          "textsc",
          "mbox",
          "hbox",
          "mathrm",
          "mathbf",
          "mathit",
          "mathsf",
          "mathtt",
          "mathnormal",
          "bm",
          "boldsymbol",
          "mathcal",
          "mathfrak",
          "mathscr",
          "operatorname",
          "emph",
          "underbrace",
          "unit",
          "mathop",
          "boldmath");

  /** Units of more than one letter, which may follow a number without changing it. */
  private static final Set<String> UNITS =
      Set.of(
          "cm",
          "mm",
          "km",
          "dm",
          "nm",
          "ft",
          "in",
          "inch",
          "inches",
          "foot",
          "feet",
          "yd",
          "yds",
          "yard",
          "yards",
          "mi",
          "mile",
          "miles",
          "meter",
          "meters",
          "metre",
          "metres",
          "kg",
          "mg",
          "gm",
          "lb",
          "lbs",
          "oz",
          "ounce",
          "ounces",
          "pound",
          "pounds",
          "gram",
          "grams",
          "ton",
          "tons",
          "ml",
          "mL",
          "cl",
          "dl",
          "liter",
          "liters",
          "litre",
          "litres",
          "gal",
          "gallon",
          "gallons",
          "sec",
          "secs",
          "second",
          "seconds",
          "min",
          "mins",
          "minute",
          "minutes",
          "hr",
          "hrs",
          "hour",
          "hours",
          "day",
          "days",
          "week",
          "weeks",
          "month",
          "months",
          "yr",
          "yrs",
          "year",
          "years",
          "mph",
          "kmh",
          "kph",
          "kmph",
          "mps",
          "deg",
          "degree",
          "degrees",
          "rad",
          "radian",
          "radians",
          "cent",
          "cents",
          "dollar",
          "dollars",
          "usd",
          "eur",
          "euro",
          "euros",
          "unit",
          "units",
          "sq",
          "square",
          "cu",
          "cubic",
          "cc",
          "pm",
          "am",
          "ohm",
          "ohms",
          "hz",
          "Hz",
          "kHz",
          "kPa",
          "Pa",
          "kJ",
          "kW",
          "kWh",
          "mol",
          "rpm",
          "fps",
          "people",
          "ways",
          "th",
          "rs",
          "Rs",
          "pcs",
          "pieces",
          "points",
          "students",
          "times",
          "per");

  /** Short words that are not products of variables. */
  private static final Set<String> WORDS =
      Set.of(
          "no", "yes", "on", "odd", "even", "true", "none", "all", "one", "two", "six", "ten",
          "red", "blue", "win", "tie", "both", "zero", "does", "not", "the", "lies", "left", "up",
          "down");

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
    for (String name : new String[] {"sinh", "cosh", "tanh"}) {
      Op op = Op.valueOf("ARC" + name.toUpperCase(Locale.ROOT));
      FUNCTIONS.put("ar" + name, op);
      FUNCTIONS.put("a" + name, op);
    }
    for (String name : new String[] {"sin", "cos", "tan"}) {
      FUNCTIONS.put("a" + name, Op.valueOf("ARC" + name.toUpperCase(Locale.ROOT)));
    }
    FUNCTIONS.put("cosec", Op.CSC);
    FUNCTIONS.put("tg", Op.TAN);
    FUNCTIONS.put("ctg", Op.COT);
    FUNCTIONS.put("arctg", Op.ARCTAN);
    FUNCTIONS.put("arcctg", Op.ARCCOT);
    FUNCTIONS.put("ln", Op.LOG);
    FUNCTIONS.put("lg", Op.LOG);
    FUNCTIONS.put("floor", Op.FLOOR);
    FUNCTIONS.put("ceil", Op.CEILING);
    FUNCTIONS.put("ceiling", Op.CEILING);
    FUNCTIONS.put("abs", Op.ABS);
    FUNCTIONS.put("gcd", Op.GCD);
    FUNCTIONS.put("lcm", Op.LCM);
    FUNCTIONS.put("max", Op.MAX);
    FUNCTIONS.put("min", Op.MIN);
    FUNCTIONS.put("Re", Op.REAL_PART);
    FUNCTIONS.put("Im", Op.IMAGINARY_PART);
    FUNCTIONS.put("arg", Op.ARGUMENT);
    FUNCTIONS.put("det", Op.DETERMINANT);
    FUNCTIONS.put("tr", Op.TRACE);
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
