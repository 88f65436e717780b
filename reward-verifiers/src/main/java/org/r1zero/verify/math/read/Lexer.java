package org.r1zero.verify.math.read;

import static java.util.Objects.requireNonNull;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.math.expr.Exact;
import org.r1zero.verify.math.expr.Expr;
import org.r1zero.verify.math.expr.Op;
import org.r1zero.verify.math.expr.ParseException;

/** Splits LaTeX and plain text into {@link Token}s in one pass. */
public final class Lexer {

  private static final Pattern SEPARATOR_TEXT =
      Pattern.compile("[,;\\s]*(?:and|or|,|;)[,;\\s]*", Pattern.CASE_INSENSITIVE);
  private static final Pattern ATOM_TEXT = Pattern.compile("\\(?([A-Za-z])\\)?|-?\\d+(?:\\.\\d+)?");
  private static final Pattern NUMBER_AND_UNIT =
      Pattern.compile("-?\\d{1,12}(?:[.,]\\d{1,12})* \\p{L}[\\p{L}. ]{0,30}");
  private static final String SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  private static final String VULGAR = "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞";
  private static final int[][] VULGAR_VALUES = {
    {1, 2}, {1, 3}, {2, 3}, {1, 4}, {3, 4}, {1, 5}, {2, 5}, {3, 5}, {4, 5}, {1, 6}, {5, 6}, {1, 8},
    {3, 8}, {5, 8}, {7, 8}
  };

  private final String text;
  private final ReadingRules rules;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private boolean spaced;

  private Lexer(String text, ReadingRules rules) {
    this.text = text;
    this.rules = rules;
  }

  /** The tokens of {@code text}, an END at their end. */
  static List<Token> tokens(String text, ReadingRules rules) throws ParseException {
    Lexer lexer = new Lexer(text, rules);
    while (lexer.at < text.length()) {
      lexer.next();
    }
    lexer.add(Token.Kind.END, "");
    return lexer.tokens;
  }

  private void next() throws ParseException {
    char c = text.charAt(at);
    if (Character.isWhitespace(c)
        || Character.isSpaceChar(c)
        || c == '$'
        || c == '~'
        || c == '\u200b') {
      at++;
      spaced = true;
    } else if (NumberScanner.startsAt(text, at)) {
      NumberScanner number = NumberScanner.scan(text, at, rules);
      at = number.end();
      if (followsUnit()) {
        add(Token.Kind.SEPARATOR, ",");
      }
      add(Token.Kind.NUMBER, number.digits(), number.value());
    } else if (c == '\\') {
      command();
    } else if (isAsciiLetter(c)) {
      letters();
    } else {
      sign(c);
    }
  }

  /** Whether a value with its unit stands before: {@code 5 \text{ hours } 30}. */
  private boolean followsUnit() {
    int size = tokens.size();
    return size > 1
        && tokens.get(size - 1).kind() == Token.Kind.TEXT
        && tokens.get(size - 2).kind() == Token.Kind.NUMBER
        && Units.isUnit(tokens.get(size - 1).text());
  }

  private void sign(char c) throws ParseException {
    at++;
    switch (c) {
      case '*' -> {
        // Python's power.
        boolean power = at < text.length() && text.charAt(at) == '*';
        at += power ? 1 : 0;
        add(Token.Kind.OPERATOR, power ? "^" : "*");
      }
      case '+', '/', '_', '!', ':', '±', '∓', '∪', '∩', '∖', '%', '°', '\'' ->
          add(Token.Kind.OPERATOR, String.valueOf(c));
      case '^' -> add(Token.Kind.OPERATOR, "^");
      case '-', '−', '–', '‐', '‑' -> add(Token.Kind.OPERATOR, "-");
      case '×', '·', '⋅', '∗', '•', '∙' -> add(Token.Kind.OPERATOR, "*");
      case '÷', '∕', '⁄' -> add(Token.Kind.OPERATOR, "/");
      case '’', '′' -> add(Token.Kind.OPERATOR, "'");
      case '√' -> add(Token.Kind.STRUCTURE, "sqrt");
      case '(', '[', '{', '⌊', '⌈' -> add(Token.Kind.OPEN, String.valueOf(c));
      case '⟨', '〈' -> add(Token.Kind.OPEN, "(");
      case ')', ']', '}', '⌋', '⌉' -> add(Token.Kind.CLOSE, String.valueOf(c));
      case '⟩', '〉' -> add(Token.Kind.CLOSE, ")");
      case '|', '∣' -> add(Token.Kind.BAR, "|");
      case ',', ';', '，', '；' -> add(Token.Kind.SEPARATOR, c == ',' || c == '，' ? "," : ";");
      case '&' -> add(Token.Kind.CELL, "&");
      case '∞' -> add(Token.Kind.CONSTANT, "infty", Expr.Constant.INFINITY);
      case 'π' -> add(Token.Kind.CONSTANT, "pi", Expr.Constant.PI);
      case '∅' -> add(Token.Kind.CONSTANT, "emptyset", Vocabulary.constant("emptyset"));
      case 'ℝ' -> add(Token.Kind.CONSTANT, "R", Expr.Constant.REALS);
      case 'ℤ' -> add(Token.Kind.CONSTANT, "Z", Expr.Constant.INTEGERS);
      case '€', '£', '¥', '₹', '₽', '₩' -> spaced = true;
      case '"' -> quote();
      case '“', '”' -> spaced = true;
      case '.' -> {
        if (text.startsWith("..", at)) {
          at += 2;
          add(Token.Kind.LETTER, "…");
        } else {
          strayPoint();
        }
      }
      case '…' -> add(Token.Kind.LETTER, "…");
      default -> otherSign(c);
    }
  }

  /** A quotation mark alone is a sign for inches or seconds. */
  private void quote() throws ParseException {
    if (text.chars().filter(c -> c == '"').count() % 2 != 0) {
      throw new ParseException("a quotation mark without the other one");
    }
    spaced = true;
  }

  private void strayPoint() throws ParseException {
    // \left. and \right. name no bracket; a point at the end ends a sentence.
    if (tokens.isEmpty()) {
      throw new ParseException("a point before everything else");
    }
    if (at < text.length() && !Character.isWhitespace(text.charAt(at)) && text.charAt(at) != '$') {
      throw new ParseException("a point that belongs to no number");
    }
  }

  private void otherSign(char c) throws ParseException {
    int index = SUPERSCRIPTS.indexOf(c);
    if (index >= 0 || c == '⁻') {
      StringBuilder digits = new StringBuilder().append(c == '⁻' ? "" : String.valueOf(index));
      while (at < text.length() && SUPERSCRIPTS.indexOf(text.charAt(at)) >= 0) {
        digits.append(SUPERSCRIPTS.indexOf(text.charAt(at++)));
      }
      if (digits.isEmpty()) {
        throw new ParseException("a raised sign without its number");
      }
      add(Token.Kind.OPERATOR, "^");
      if (c == '⁻') {
        add(Token.Kind.OPERATOR, "-");
      }
      add(
          Token.Kind.NUMBER,
          digits.toString(),
          NumberScanner.scan(digits.toString(), 0, ReadingRules.USUAL).value());
      return;
    }
    index = VULGAR.indexOf(c);
    if (index >= 0) {
      int[] value = VULGAR_VALUES[index];
      add(
          Token.Kind.NUMBER,
          String.valueOf(c),
          new Expr.Num(new BigFraction(value[0], value[1]), false));
      return;
    }
    Expr.Relation relation = relation(c);
    if (relation != null) {
      addRelation(relation);
    } else if (Character.isLetter(c) && !Character.isIdeographic(c)) {
      add(Token.Kind.LETTER, String.valueOf(c));
    } else {
      throw new ParseException("unexpected sign " + c);
    }
  }

  private Expr.@Nullable Relation relation(char c) {
    boolean orEqual = "=<>".indexOf(c) >= 0 && at < text.length() && text.charAt(at) == '=';
    at += orEqual ? 1 : 0;
    return switch (c) {
      case '=' -> Expr.Relation.EQUAL;
      case '<' -> orEqual ? Expr.Relation.LESS_EQUAL : Expr.Relation.LESS;
      case '>' -> orEqual ? Expr.Relation.GREATER_EQUAL : Expr.Relation.GREATER;
      case '≤', '⩽' -> Expr.Relation.LESS_EQUAL;
      case '≥', '⩾' -> Expr.Relation.GREATER_EQUAL;
      case '≠' -> Expr.Relation.NOT_EQUAL;
      case '≈', '≃', '∼' -> Expr.Relation.APPROXIMATELY;
      case '∈' -> Expr.Relation.IN;
      case '∉' -> Expr.Relation.NOT_IN;
      case '≡' -> Expr.Relation.CONGRUENT;
      default -> null;
    };
  }

  private void letters() {
    int start = at;
    while (at < text.length() && isAsciiLetter(text.charAt(at))) {
      at++;
    }
    word(text.substring(start, at));
  }

  /** Letters without a backslash before them. */
  private void word(String word) {
    if (word.length() == 1) {
      add(Token.Kind.LETTER, word);
      return;
    }
    Op function = Vocabulary.function(word);
    Expr constant = Vocabulary.constant(word);
    if (function != null) {
      add(Token.Kind.FUNCTION, word);
    } else if (constant != null) {
      add(Token.Kind.CONSTANT, word, constant);
    } else if (isMagnitude(word)) {
      magnitude(word);
    } else if (word.equals("sqrt")) {
      add(Token.Kind.STRUCTURE, word);
    } else if (Vocabulary.sign(word) != null) {
      add(Token.Kind.OPERATOR, requireNonNull(Vocabulary.sign(word)));
    } else if (word.equals("and") || word.equals("or")) {
      add(Token.Kind.SEPARATOR, word);
    } else if (word.equals("mod")) {
      add(Token.Kind.OPERATOR, word);
    } else if (Vocabulary.percent(word)) {
      add(Token.Kind.OPERATOR, "%");
    } else {
      // "sinx" and "2pir": a known name and one letter.
      String head = word.substring(0, word.length() - 1);
      char last = word.charAt(word.length() - 1);
      boolean known = word.length() > 2 && last >= 'r' && !word.equals("cost");
      if (known && (Vocabulary.function(head) != null || head.equals("pi"))) {
        word(head);
        add(Token.Kind.LETTER, word.substring(word.length() - 1));
      } else {
        add(Token.Kind.WORD, word);
      }
    }
  }

  /** Whether the word multiplies the number before it: {@code 3 million}. */
  private boolean isMagnitude(String word) {
    return Vocabulary.magnitude(word) != null
        && !tokens.isEmpty()
        && tokens.get(tokens.size() - 1).kind() == Token.Kind.NUMBER;
  }

  private void magnitude(String word) {
    BigInteger value = Vocabulary.magnitude(word);
    if (value == null) {
      return;
    }
    int last = tokens.size() - 1;
    boolean quotient = last > 0 && tokens.get(last - 1).is(Token.Kind.OPERATOR, "/");
    if (!quotient && tokens.get(last).meaning() instanceof Expr.Num number) {
      BigFraction product = number.value().multiply(value);
      Token old = tokens.remove(last);
      tokens.add(
          new Token(
              Token.Kind.NUMBER,
              product.toString(),
              new Expr.Num(product, number.decimal() && !Exact.isWhole(product)),
              old.spaced()));
      return;
    }
    add(Token.Kind.OPERATOR, "*");
    add(Token.Kind.NUMBER, value.toString(), new Expr.Num(new BigFraction(value), false));
  }

  private void command() throws ParseException {
    int name = at + 1;
    while (name < text.length() && text.charAt(name) == '\\') {
      name++;
    }
    int end = name;
    while (end < text.length() && isAsciiLetter(text.charAt(end))) {
      end++;
    }
    String command = text.substring(name, end);
    boolean doubled = name > at + 1;
    if (doubled && !(name == at + 2 && Vocabulary.command(command))) {
      at += 2;
      add(Token.Kind.SEPARATOR, "\\\\");
      return;
    }
    if (command.isEmpty()) {
      at = name;
      escapedSign();
      return;
    }
    at = end - command.length() + knownLength(command);
    named(text.substring(name, at));
  }

  /** How much of a run of letters is the command: models write {@code \cdotx}. */
  private static int knownLength(String letters) {
    for (int length = letters.length(); length >= 2; length--) {
      if (Vocabulary.command(letters.substring(0, length))) {
        return length;
      }
    }
    return letters.length();
  }

  private void escapedSign() throws ParseException {
    char c = at < text.length() ? text.charAt(at) : ' ';
    at++;
    switch (c) {
      case '{' -> add(Token.Kind.OPEN, "\\{");
      case '}' -> add(Token.Kind.CLOSE, "\\}");
      case '%' -> add(Token.Kind.OPERATOR, "%");
      case '|' -> add(Token.Kind.BAR, "|");
      case '&' -> add(Token.Kind.SEPARATOR, "and");
      default -> {
        if (!Character.isWhitespace(c) && ",;:!>/()[]$'-.".indexOf(c) < 0) {
          throw new ParseException("unknown command \\" + c);
        }
        spaced = true;
      }
    }
  }

  private void named(String command) throws ParseException {
    Op function = Vocabulary.function(command);
    Expr constant = Vocabulary.constant(command);
    Expr.Relation relation = Vocabulary.relation(command);
    String operator = Vocabulary.operator(command);
    String bracket = Vocabulary.bracket(command);
    if (function != null) {
      add(Token.Kind.FUNCTION, command);
    } else if (constant != null) {
      add(Token.Kind.CONSTANT, command, constant);
    } else if (relation != null) {
      addRelation(relation);
    } else if (operator != null) {
      boolean joins = operator.equals("and") || operator.equals("or");
      add(joins ? Token.Kind.SEPARATOR : Token.Kind.OPERATOR, operator);
    } else if (bracket != null) {
      boolean bar = bracket.equals("|");
      boolean closes = command.startsWith("r") || command.endsWith("rcorner");
      add(bar ? Token.Kind.BAR : closes ? Token.Kind.CLOSE : Token.Kind.OPEN, bracket);
    } else if (Vocabulary.greek(command)) {
      add(Token.Kind.LETTER, command.endsWith("dots") ? "…" : command);
    } else if (Vocabulary.text(command)) {
      textCommand(command);
    } else if (command.equals("mathbb")) {
      numberSet();
    } else if (Vocabulary.structure(command)) {
      add(Token.Kind.STRUCTURE, command);
    } else if (command.endsWith("frac")) {
      add(Token.Kind.STRUCTURE, "frac");
    } else if (command.endsWith("binom")) {
      add(Token.Kind.STRUCTURE, "binom");
    } else if (command.equals("not")) {
      add(Token.Kind.OPERATOR, "not");
    } else if (Vocabulary.spacing(command)) {
      spaced = true;
      if (at < text.length() && text.charAt(at) == '.' && command.matches("m?(?:left|right)")) {
        at++;
      }
    } else {
      throw new ParseException("unknown command \\" + command);
    }
  }

  private void textCommand(String command) throws ParseException {
    String content = argument();
    String trimmed = content.strip().replace("\\ ", " ").replace("~", " ").strip();
    if (trimmed.isEmpty()) {
      spaced = true;
      return;
    }
    Matcher atom = ATOM_TEXT.matcher(trimmed);
    if (SEPARATOR_TEXT.matcher(trimmed).matches()) {
      add(Token.Kind.SEPARATOR, trimmed.toLowerCase(Locale.ROOT).contains("or") ? "or" : "and");
    } else if (Vocabulary.percent(trimmed)) {
      add(Token.Kind.OPERATOR, "%");
    } else if (atom.matches()) {
      String letter = atom.group(1);
      if (letter != null) {
        add(isUnitHere(command, letter) ? Token.Kind.TEXT : Token.Kind.LETTER, letter);
      } else {
        add(
            Token.Kind.NUMBER,
            trimmed,
            NumberScanner.scan(trimmed, trimmed.startsWith("-") ? 1 : 0, ReadingRules.USUAL)
                .value());
      }
    } else if (NUMBER_AND_UNIT.matcher(trimmed).matches()) {
      int space = trimmed.indexOf(' ');
      tokens.addAll(inner(trimmed.substring(0, space)));
      String unit = trimmed.substring(space + 1);
      if (isMagnitude(unit)) {
        magnitude(unit);
      } else {
        add(Token.Kind.TEXT, unit);
      }
    } else if (isMagnitude(trimmed)) {
      magnitude(trimmed);
    } else if (Vocabulary.sign(trimmed) != null) {
      add(Token.Kind.OPERATOR, requireNonNull(Vocabulary.sign(trimmed)));
    } else if (trimmed.endsWith(" and")
        && Units.isUnit(trimmed.substring(0, trimmed.length() - 4))) {
      add(Token.Kind.TEXT, trimmed.substring(0, trimmed.length() - 4));
      add(Token.Kind.SEPARATOR, "and");
    } else if (Vocabulary.function(trimmed) != null) {
      add(Token.Kind.FUNCTION, trimmed);
    } else if (trimmed.indexOf('\\') >= 0
        && !command.startsWith("text")
        && !command.endsWith("box")) {
      // \mathbf{\alpha + x}: only the looks change.
      tokens.addAll(inner(trimmed));
    } else {
      add(Token.Kind.TEXT, trimmed);
    }
  }

  /** Upright letters after a number are units: {@code 5 \mathrm{m}}. */
  private boolean isUnitHere(String command, String letter) {
    int size = tokens.size();
    Token.Kind before = size == 0 ? Token.Kind.END : tokens.get(size - 1).kind();
    boolean perUnit =
        size > 1
            && tokens.get(size - 1).is(Token.Kind.OPERATOR, "/")
            && tokens.get(size - 2).kind() == Token.Kind.TEXT;
    boolean upright =
        command.equals("mathrm") || command.startsWith("text") || command.equals("mbox");
    return upright
        && !command.equals("textbf")
        && (before == Token.Kind.NUMBER || before == Token.Kind.CLOSE || perUnit)
        && TermParser.UPRIGHT_UNITS.contains(letter);
  }

  private List<Token> inner(String content) throws ParseException {
    List<Token> inner = tokens(content, rules);
    return inner.subList(0, inner.size() - 1);
  }

  private void numberSet() throws ParseException {
    String name = argument().strip();
    Expr set =
        switch (name) {
          case "N" -> Expr.Constant.NATURALS;
          case "Z" -> Expr.Constant.INTEGERS;
          case "Q" -> Expr.Constant.RATIONALS;
          case "R" -> Expr.Constant.REALS;
          case "C" -> Expr.Constant.COMPLEXES;
          default -> throw new ParseException("unknown set " + name);
        };
    add(Token.Kind.CONSTANT, name, set);
  }

  /** What the braces here hold, or the one letter. */
  private String argument() throws ParseException {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    if (at >= text.length()) {
      throw new ParseException("a command without its argument");
    }
    if (text.charAt(at) == '*') {
      at++;
      return argument();
    }
    if (text.charAt(at) != '{') {
      return String.valueOf(text.charAt(at++));
    }
    int close = Braces.close(text, at);
    if (close < 0) {
      throw new ParseException("a brace that is never closed");
    }
    String content = text.substring(at + 1, close);
    at = close + 1;
    return content;
  }

  private static boolean isAsciiLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private void addRelation(Expr.Relation relation) {
    boolean negated =
        !tokens.isEmpty() && tokens.get(tokens.size() - 1).is(Token.Kind.OPERATOR, "not");
    // "x!=3" is not a factorial, "5!=120" is one.
    int size = tokens.size();
    boolean programmed =
        relation == Expr.Relation.EQUAL
            && !spaced
            && size > 0
            && tokens.get(size - 1).is(Token.Kind.OPERATOR, "!")
            && (tokens.get(size - 1).spaced()
                || size == 1
                || tokens.get(size - 2).kind() == Token.Kind.LETTER);
    if (negated || programmed) {
      tokens.remove(tokens.size() - 1);
    }
    Expr.Relation meant = relation;
    if (negated || programmed) {
      meant = relation == Expr.Relation.IN ? Expr.Relation.NOT_IN : Expr.Relation.NOT_EQUAL;
    }
    add(Token.Kind.RELATION, meant.name());
  }

  private void add(Token.Kind kind, String word) {
    add(kind, word, null);
  }

  private void add(Token.Kind kind, String word, @Nullable Expr meaning) {
    tokens.add(new Token(kind, word, meaning, spaced));
    spaced = false;
  }
}
