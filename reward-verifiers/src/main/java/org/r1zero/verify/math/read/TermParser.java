package org.r1zero.verify.math.read;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.math.expr.Expr;
import org.r1zero.verify.math.expr.Op;
import org.r1zero.verify.math.expr.ParseException;

/**
 * Reads sums, products and powers.
 *
 * <pre>
 * sum     = [sign] product { sign product }
 * product = power { [* | / | mod] power }
 * power   = atom { ^ exponent | ! | % | ° }
 * </pre>
 *
 * A product without a sign binds as one with: {@code 1/2x} is half of x.
 */
public final class TermParser {

  /** One letter after a number that may be a unit. */
  private static final String SHORT_UNITS = "msghLlNJWVKCF";

  /** The same for upright letters, which variables are not. */
  static final String UPRIGHT_UNITS = SHORT_UNITS + "ATPHSR";

  private final TokenStream in;
  private final AtomParser atoms;
  private final ReadingRules rules;

  TermParser(TokenStream in, AnswerParser answers, ReadingRules rules) {
    this.in = in;
    this.rules = rules;
    this.atoms = new AtomParser(in, answers, this);
  }

  Expr sum() throws ParseException {
    in.enter();
    List<Expr> addends = new ArrayList<>();
    addends.add(signedProduct());
    while (in.nextIs(Token.Kind.OPERATOR)) {
      String sign = in.peek().text();
      if (sign.equals("+") || sign.equals("-")) {
        in.take();
        Expr product = summand();
        addends.add(sign.equals("-") ? Expr.Call.of(Op.NEGATE, product) : product);
      } else if (sign.equals("±") || sign.equals("∓")) {
        in.take();
        Expr left = plus(addends);
        addends.clear();
        addends.add(Expr.Call.of(plusMinus(sign), left, product()));
      } else {
        break;
      }
    }
    in.leave();
    return plus(addends);
  }

  private Expr signedProduct() throws ParseException {
    if (in.nextIs(Token.Kind.OPERATOR)) {
      String sign = in.peek().text();
      if (sign.equals("+") || sign.equals("-") || sign.equals("±") || sign.equals("∓")) {
        in.take();
        in.enter();
        Expr product = sign.equals("±") || sign.equals("∓") ? product() : signedProduct();
        in.leave();
        return switch (sign) {
          case "+" -> product;
          case "-" -> negated(product);
          default -> Expr.Call.of(plusMinus(sign), product);
        };
      }
    }
    return product();
  }

  /** What stands after a sign, perhaps with signs of its own: {@code 4 - -2}. */
  private Expr summand() throws ParseException {
    boolean signed = in.nextIs(Token.Kind.OPERATOR, "-") || in.nextIs(Token.Kind.OPERATOR, "+");
    return signed ? signedProduct() : product();
  }

  /** A sign binds more closely than mod: {@code -1 mod 2} is 1. */
  private static Expr negated(Expr product) {
    return product instanceof Expr.Call call && call.op() == Op.MOD && call.args().size() == 2
        ? Expr.Call.of(Op.MOD, negated(call.arg(0)), call.arg(1))
        : Expr.Call.of(Op.NEGATE, product);
  }

  private static Op plusMinus(String sign) {
    return sign.equals("±") ? Op.PLUS_MINUS : Op.MINUS_PLUS;
  }

  private static Expr plus(List<Expr> addends) {
    return addends.size() == 1 ? addends.get(0) : new Expr.Call(Op.PLUS, List.copyOf(addends));
  }

  Expr product() throws ParseException {
    skipPrefix();
    Expr left = power();
    while (true) {
      Token next = in.peek();
      if (left instanceof Expr.Text words && !isEnd(next)) {
        throw new ParseException("words: " + words.words());
      }
      if (next.kind() == Token.Kind.OPERATOR && isProductSign(next.text())) {
        in.take();
        skipPrefix();
        Op op =
            switch (next.text()) {
              case "*" -> Op.TIMES;
              case "/" -> Op.DIVIDE;
              default -> Op.MOD;
            };
        if (op == Op.DIVIDE && skipUnit()) {
          continue;
        }
        left = Expr.Call.of(op, left, signedPower());
      } else if (!skipUnit()) {
        if (!startsFactor(next)) {
          return left;
        }
        left = juxtaposed(left);
      }
    }
  }

  private static boolean isProductSign(String sign) {
    return sign.equals("*") || sign.equals("/") || sign.equals("mod");
  }

  private Expr signedPower() throws ParseException {
    if (in.takeIf(Token.Kind.OPERATOR, "-")) {
      in.enter();
      Expr power = signedPower();
      in.leave();
      return Expr.Call.of(Op.NEGATE, power);
    }
    in.takeIf(Token.Kind.OPERATOR, "+");
    return power();
  }

  private Expr juxtaposed(Expr left) throws ParseException {
    boolean afterWhole =
        in.previous().kind() == Token.Kind.NUMBER && left instanceof Expr.Num num && isWhole(num);
    if (afterWhole && in.nextIs(Token.Kind.NUMBER)) {
      return plainMixed((Expr.Num) left);
    }
    if (in.nextIs(Token.Kind.NUMBER) && in.previous().kind() == Token.Kind.NUMBER) {
      throw new ParseException("two numbers side by side");
    }
    boolean fraction = in.nextIs(Token.Kind.STRUCTURE, "frac");
    Expr right = power();
    if (afterWhole && fraction && properFraction(right) != null) {
      return mixed((Expr.Num) left, properFraction(right));
    }
    return Expr.Call.of(Op.TIMES, left, right);
  }

  /** {@code 2 1/2}. */
  private Expr plainMixed(Expr.Num whole) throws ParseException {
    Token numerator = in.take();
    if (numerator.meaning() instanceof Expr.Num half
        && half.value().compareTo(BigFraction.ONE) < 0
        && half.value().compareTo(BigFraction.ZERO) > 0
        && !half.decimal()) {
      return mixed(whole, half);
    }
    if (!numerator.spaced() || !in.takeIf(Token.Kind.OPERATOR, "/")) {
      throw new ParseException("two numbers side by side");
    }
    Token denominator = in.take();
    if (numerator.meaning() instanceof Expr.Num top
        && denominator.meaning() instanceof Expr.Num bottom
        && isWhole(top)
        && isWhole(bottom)) {
      Expr.Num part = properFraction(Expr.Call.of(Op.DIVIDE, top, bottom));
      if (part != null) {
        return mixed(whole, part);
      }
    }
    throw new ParseException("no mixed number");
  }

  private static Expr mixed(Expr.Num whole, Expr.@Nullable Num part) {
    BigFraction fraction = part == null ? BigFraction.ZERO : part.value();
    return new Expr.Num(whole.value().add(fraction), false);
  }

  private static Expr.@Nullable Num properFraction(Expr expr) {
    if (expr instanceof Expr.Call call
        && call.op() == Op.DIVIDE
        && call.arg(0) instanceof Expr.Num top
        && call.arg(1) instanceof Expr.Num bottom
        && isWhole(top)
        && isWhole(bottom)
        && top.value().compareTo(bottom.value()) < 0) {
      return new Expr.Num(top.value().divide(bottom.value()), false);
    }
    return null;
  }

  private static boolean isWhole(Expr.Num num) {
    return !num.decimal() && num.value().getDenominator().equals(java.math.BigInteger.ONE);
  }

  /** Skips what may stand before a number: "Rs.", "about". */
  private void skipPrefix() {
    while (in.nextIs(Token.Kind.TEXT) && startsFactor(in.peek(1)) && isPrefix(in.peek().text())) {
      in.take();
    }
  }

  private static boolean isPrefix(String text) {
    if (text.endsWith(" is") || text.endsWith(" are") || text.endsWith(" is:")) {
      return !Sentences.changes(text);
    }
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "rs", "rs.", "usd", "eur", "inr", "us", "about", "approximately", "exactly", "roughly" ->
          true;
      default -> false;
    };
  }

  /** Skips a unit, or a remark in {@code \text}, after a value. */
  boolean skipUnit() throws ParseException {
    Token next = in.peek();
    boolean unit =
        switch (next.kind()) {
          case TEXT -> true;
          case WORD -> isUnit(next);
          // "5 min" and "30 sec" are read as functions.
          case FUNCTION -> isEnd(in.peek(1)) && Vocabulary.unit(next.text());
          case LETTER -> isShortUnit(next);
          default -> false;
        };
    if (!unit) {
      return false;
    }
    Token number = in.previous();
    do {
      Token word = in.take();
      boolean text = word.kind() == Token.Kind.TEXT;
      if (text && !Units.isUnit(word.text()) && !Remarks.repeats(word.text(), number)) {
        throw new ParseException("no unit: " + word.text());
      }
      // The whole phrase was looked at.
      while (!text && (in.nextIs(Token.Kind.WORD) || in.nextIs(Token.Kind.LETTER, "a"))) {
        in.take();
      }
    } while (in.nextIs(Token.Kind.TEXT) || (in.nextIs(Token.Kind.WORD) && isUnit(in.peek())));
    if (in.nextIs(Token.Kind.OPERATOR, "^")) {
      in.take();
      atoms.exponent();
    }
    return true;
  }

  private boolean isUnit(Token word) {
    boolean afterNumber =
        in.previous().kind() == Token.Kind.NUMBER
            || in.previous().kind() == Token.Kind.CLOSE
            || in.previous().kind() == Token.Kind.WORD
            || in.previous().kind() == Token.Kind.TEXT
            || in.previous().kind() == Token.Kind.CONSTANT
            || in.previous().is(Token.Kind.OPERATOR, "/");
    boolean alone = in.peek(1).kind() != Token.Kind.WORD;
    return afterNumber
        && ((alone && Vocabulary.unit(word.text())) || (word.spaced() && Units.isUnit(phrase())));
  }

  /** The words up to the next sign: "miles per hour". */
  private String phrase() {
    StringBuilder phrase = new StringBuilder();
    for (int ahead = 0; ahead < 8; ahead++) {
      Token word = in.peek(ahead);
      boolean article = word.is(Token.Kind.LETTER, "a") && word.spaced();
      if (word.kind() != Token.Kind.WORD && !article) {
        break;
      }
      phrase.append(word.text()).append(' ');
    }
    return phrase.toString();
  }

  private boolean isShortUnit(Token letter) {
    return rules.shortUnits()
        && in.previous().kind() == Token.Kind.NUMBER
        && SHORT_UNITS.contains(letter.text())
        && (letter.spaced() || !letter.text().equals("K"))
        && (isEnd(in.peek(1)) || in.peek(1).is(Token.Kind.OPERATOR, "^"));
  }

  static boolean isEnd(Token token) {
    return switch (token.kind()) {
      case END, CLOSE, SEPARATOR, RELATION, CELL -> true;
      default -> false;
    };
  }

  boolean startsFactor(Token token) {
    return switch (token.kind()) {
      case NUMBER, CONSTANT, LETTER, WORD, TEXT, FUNCTION, OPEN -> true;
      case STRUCTURE ->
          !token.text().equals("end")
              && !token.text().equals("choose")
              && !token.text().equals("over");
      case BAR -> in.openBars == 0;
      default -> false;
    };
  }

  Expr power() throws ParseException {
    return atoms.withPostfixes(atoms.atom());
  }
}
