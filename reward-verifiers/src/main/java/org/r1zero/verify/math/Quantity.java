package org.r1zero.verify.math;

import java.math.BigInteger;
import java.util.List;
import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.math.expr.Assignments;
import org.r1zero.verify.math.expr.Exact;
import org.r1zero.verify.math.expr.Expr;
import org.r1zero.verify.math.expr.Op;
import org.r1zero.verify.math.read.AnswerText;
import org.r1zero.verify.math.read.ReadingRules;
import org.r1zero.verify.math.read.WordAnswers;

/**
 * One exact number, as an answer that {@link AnswerText} reads says it: {@code 1,234.50}, {@code
 * -3/4}, {@code 2 1/2}, {@code 0.\overline{3}}, {@code 6.02 \times 10^{23}}, {@code $5}, {@code 12
 * apples}, {@code x = 2 + 3 = 5}, {@code minus five}.
 *
 * @param value exact, a percent sign left aside
 * @param percent whether a percent sign stands at it
 */
record Quantity(BigFraction value, boolean percent) {

  private static final BigFraction TEN = new BigFraction(10);

  /** The one number that an answer is; {@code null} where it is none or not only one. */
  static @Nullable Quantity of(AnswerText answer) {
    if (answer.parameter() != null || answer.isHedged()) {
      return null;
    }
    String digits = WordAnswers.digits(answer.text());
    AnswerText text = digits == null ? answer : new AnswerText(digits);
    Expr expr = text.read(ReadingRules.USUAL);
    return expr == null ? null : of(expr);
  }

  private static @Nullable Quantity of(Expr expr) {
    if (!(expr instanceof Expr.Chain chain)) {
      return numeral(expr);
    }
    Quantity last = chain.all(Expr.Relation.EQUAL) ? numeral(chain.last()) : null;
    if (last == null) {
      return null;
    }
    List<Expr> before = chain.sides().subList(0, chain.sides().size() - 1);
    int from = Assignments.isAssignment(chain) ? 1 : 0;
    boolean holds =
        before.subList(from, before.size()).stream().allMatch(side -> last.isValueOf(side));
    return holds ? last : null;
  }

  /** Whether a calculation has this value, to a percent of 100 % where there is such a sign. */
  private boolean isValueOf(Expr calculation) {
    BigFraction exact = Exact.of(calculation);
    return exact != null
        && (exact.equals(value) || (percent && exact.equals(value.divide(TEN.multiply(TEN)))));
  }

  /** A number with nothing left to calculate but a fraction, a power of ten or a sign. */
  private static @Nullable Quantity numeral(Expr expr) {
    if (expr instanceof Expr.Call call && call.op() == Op.PERCENT) {
      BigFraction part = number(call.arg(0));
      return part == null ? null : new Quantity(part, true);
    }
    if (expr instanceof Expr.Call call && call.op() == Op.NEGATE) {
      Quantity positive = numeral(call.arg(0));
      return positive == null ? null : new Quantity(positive.value().negate(), positive.percent());
    }
    BigFraction value = number(expr);
    return value == null ? null : new Quantity(value, false);
  }

  private static @Nullable BigFraction number(Expr expr) {
    if (expr instanceof Expr.Num num) {
      return num.value();
    }
    boolean written =
        expr instanceof Expr.Call call
            && switch (call.op()) {
              case NEGATE -> number(call.arg(0)) != null;
              case DIVIDE -> isSigned(call.arg(0)) && isSigned(call.arg(1));
              case POWER -> Evaluation.isPowerOfTen(call);
              case TIMES -> isSigned(call.arg(0)) && Evaluation.isPowerOfTen(call.arg(1));
              default -> false;
            };
    return written ? Exact.of(expr) : null;
  }

  private static boolean isSigned(Expr expr) {
    return expr instanceof Expr.Num
        || (expr instanceof Expr.Call call
            && call.op() == Op.NEGATE
            && call.arg(0) instanceof Expr.Num);
  }

  /** A whole number or a ratio of two, with its percent sign. */
  @Override
  public String toString() {
    String top = value.getNumerator().toString();
    String number =
        value.getDenominator().equals(BigInteger.ONE) ? top : top + "/" + value.getDenominator();
    return number + (percent ? "%" : "");
  }
}
