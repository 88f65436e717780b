package org.r1zero.verify.math.equal;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.apache.commons.math3.complex.Complex;
import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.math.expr.Exact;
import org.r1zero.verify.math.expr.Expr;
import org.r1zero.verify.math.expr.Exprs;
import org.r1zero.verify.math.expr.Form;
import org.r1zero.verify.math.expr.FormBuilder;
import org.r1zero.verify.math.expr.Numeric;
import org.r1zero.verify.math.expr.Op;
import org.r1zero.verify.math.expr.ParseException;
import org.r1zero.verify.math.expr.Polynomial;
import org.r1zero.verify.math.symja.SymbolicEngine;
import org.r1zero.verify.math.symja.SymjaPrinter;

/**
 * Whether two single values are equal, the cheap ways first: as rational numbers, by numbers at
 * sample points, by their {@link Form}, by Symja.
 *
 * <p>One object serves one comparison of answers and is not thread-safe.
 */
public final class Values {

  private static final int POINTS = 4;
  private static final int NEEDED_POINTS = 2;

  /** Doubles that differ by more are different: rounding errors stay well below. */
  private static final double TOLERANCE = 1e-9;

  /** Digits that a rounded decimal has to share at the least, however small the numbers are. */
  private static final int MIN_SIGNIFICANT = 3;

  /**
   * Symja is asked at most so often for one answer, so that long lists end; once only where it has
   * to be stopped.
   */
  private static final int MAX_QUESTIONS = 4;

  private final MathRules rules;
  private final SymbolicEngine engine;
  private int questions;
  private boolean timedOut;

  Values(MathRules rules, SymbolicEngine engine) {
    this.rules = rules;
    this.engine = engine;
  }

  /** Whether Symja had to be stopped. */
  public boolean timedOut() {
    return timedOut;
  }

  boolean equal(Expr gold, Expr answer) {
    boolean goldPercent = isPercent(gold);
    if (goldPercent != isPercent(answer) && rules.percent() == PercentRule.EITHER) {
      // A gold below one is a share, not a number of percent.
      if (!goldPercent && !isAtLeastOne(gold)) {
        return same(gold, answer);
      }
      Expr plainGold = goldPercent ? withoutPercent(gold) : gold;
      Expr plainAnswer = goldPercent ? answer : withoutPercent(answer);
      if (same(plainGold, plainAnswer)) {
        return true;
      }
    }
    return same(gold, answer);
  }

  private static boolean isPercent(Expr expr) {
    return expr instanceof Expr.Call call
        && (call.op() == Op.PERCENT || (call.op() == Op.NEGATE && isPercent(call.arg(0))));
  }

  private static boolean isAtLeastOne(Expr gold) {
    double size = new Numeric(0, false).value(gold).abs();
    return Double.isNaN(size) || size >= 1;
  }

  private static Expr withoutPercent(Expr expr) {
    Expr.Call call = (Expr.Call) expr;
    return call.op() == Op.PERCENT
        ? call.arg(0)
        : Expr.Call.of(Op.NEGATE, withoutPercent(call.arg(0)));
  }

  private boolean same(Expr gold, Expr answer) {
    if (gold.equals(answer)) {
      return true;
    }
    BigFraction exactGold = Exact.of(gold);
    BigFraction exactAnswer = Exact.of(answer);
    boolean decimal = isDecimal(gold) || isDecimal(answer);
    if (exactGold != null && exactAnswer != null) {
      return exactGold.equals(exactAnswer)
          || (decimal && rounded(decimal(exactGold), decimal(exactAnswer)))
          || close(exactGold.doubleValue(), exactAnswer.doubleValue());
    }
    Numeric first = new Numeric(0, false);
    Complex goldValue = first.value(gold);
    Complex answerValue = new Numeric(0, false).value(answer);
    if (decimal || rules.relativeTolerance() > 0) {
      Boolean byNumber = byNumber(gold, answer, goldValue, answerValue, decimal);
      if (byNumber != null) {
        return byNumber;
      }
    }
    if (infinities(gold, answer)) {
      return sign(gold) == sign(answer) && sign(gold) != 0;
    }
    return agreeAtPoints(gold, answer) && proved(gold, answer);
  }

  /** Decided where both are real constants; {@code null} where that does not decide. */
  private @Nullable Boolean byNumber(
      Expr gold, Expr answer, Complex goldValue, Complex answerValue, boolean decimal) {
    boolean constant = Exprs.names(gold).isEmpty() && Exprs.names(answer).isEmpty();
    if (!constant || !isReal(goldValue) || !isReal(answerValue)) {
      return null;
    }
    if (close(goldValue.getReal(), answerValue.getReal())) {
      return true;
    }
    if (!decimal) {
      return null;
    }
    BigFraction exactGold = Exact.of(gold);
    BigFraction exactAnswer = Exact.of(answer);
    return rounded(
        exactGold != null ? decimal(exactGold) : new BigDecimal(goldValue.getReal()),
        exactAnswer != null ? decimal(exactAnswer) : new BigDecimal(answerValue.getReal()));
  }

  private static boolean isReal(Complex value) {
    return !value.isNaN() && Math.abs(value.getImaginary()) <= 1e-12 * Math.abs(value.getReal());
  }

  private boolean close(double gold, double answer) {
    return rules.relativeTolerance() > 0
        && Math.abs(gold - answer)
            <= rules.relativeTolerance() * Math.max(Math.abs(gold), Math.abs(answer));
  }

  private static boolean isDecimal(Expr expr) {
    if (expr instanceof Expr.Call call && (call.op() == Op.NEGATE || call.op() == Op.PERCENT)) {
      return isDecimal(call.arg(0));
    }
    return expr instanceof Expr.Num num && num.decimal();
  }

  private static BigDecimal decimal(BigFraction value) {
    return new BigDecimal(value.getNumerator())
        .divide(new BigDecimal(value.getDenominator()), 40, RoundingMode.HALF_EVEN);
  }

  private boolean rounded(BigDecimal gold, BigDecimal answer) {
    int places = rules.decimals();
    int leading = gold.precision() - gold.scale();
    int significant = Math.min(MIN_SIGNIFICANT, places);
    if (gold.signum() != 0 && leading + places < significant) {
      places = significant - leading;
    }
    return gold.setScale(places, RoundingMode.HALF_EVEN)
            .compareTo(answer.setScale(places, RoundingMode.HALF_EVEN))
        == 0;
  }

  private static boolean infinities(Expr gold, Expr answer) {
    return sign(gold) != 0 || sign(answer) != 0;
  }

  /** 1 and -1 for the infinities, otherwise 0. */
  private static int sign(Expr expr) {
    if (expr == Expr.Constant.INFINITY) {
      return 1;
    }
    if (expr instanceof Expr.Call call) {
      return switch (call.op()) {
        case NEGATE -> -sign(call.arg(0));
        case PERCENT -> sign(call.arg(0));
        default -> 0;
      };
    }
    return 0;
  }

  /** Whether the two agree wherever both have a value, at some points at least. */
  boolean agreeAtPoints(Expr gold, Expr answer) {
    boolean constant = Exprs.names(gold).isEmpty() && Exprs.names(answer).isEmpty();
    int agreed = 0;
    for (int point = 0; point < (constant ? 1 : POINTS); point++) {
      Complex a = new Numeric(point, false).value(gold);
      Complex b = new Numeric(point, false).value(answer);
      if (a.isNaN() != b.isNaN() && !needsAlgebra(gold) && !needsAlgebra(answer)) {
        return false;
      }
      if (!a.isNaN() && !b.isNaN()) {
        if (differ(a, b)) {
          return false;
        }
        agreed++;
      }
    }
    for (int point = 0; point < (constant ? 0 : POINTS); point++) {
      Complex a = new Numeric(point, true).value(gold);
      Complex b = new Numeric(point, true).value(answer);
      if (isReal(a) && isReal(b) && differ(a, b)) {
        return false;
      }
    }
    return agreed >= (constant ? 1 : NEEDED_POINTS) || needsAlgebra(gold) || needsAlgebra(answer);
  }

  private static boolean differ(Complex a, Complex b) {
    double size = Math.max(a.abs(), b.abs());
    return a.subtract(b).abs() > TOLERANCE * size + 1e-300 && size > 1e-13;
  }

  /** Whether numbers alone can't give it a value. */
  private static boolean needsAlgebra(Expr expr) {
    return Exprs.contains(expr, Op.INTEGRAL)
        || Exprs.contains(expr, Op.DERIVATIVE)
        || Exprs.contains(expr, Op.LIMIT)
        || Exprs.contains(expr, Op.SUM)
        || Exprs.contains(expr, Op.PRODUCT);
  }

  /** Whether two values that agree at all points are the same. */
  private boolean proved(Expr gold, Expr answer) {
    try {
      Form a = FormBuilder.of(gold);
      Form b = FormBuilder.of(answer);
      if (a != null && b != null && a.sameAs(b)) {
        return true;
      }
      if (a != null && b != null && a.plus(b.negated()).top().isPositiveOrNegative()) {
        return false;
      }
    } catch (Polynomial.TooLarge e) {
      // Left to Symja.
    }
    return isZero(Exprs.difference(gold, answer), !needsAlgebra(gold) && !needsAlgebra(answer));
  }

  /**
   * Asks Symja.
   *
   * @param otherwise the answer where Symja can't tell
   */
  boolean isZero(Expr difference, boolean otherwise) {
    if (!rules.symbolic()) {
      return otherwise;
    }
    if (timedOut || ++questions > MAX_QUESTIONS) {
      return false;
    }
    try {
      return switch (engine.isZero(new SymjaPrinter().print(difference), rules.timeLimit())) {
        case ZERO -> true;
        case NOT_ZERO -> false;
        case UNKNOWN -> otherwise;
        case TIMEOUT -> {
          timedOut = true;
          yield false;
        }
      };
    } catch (ParseException e) {
      return otherwise;
    }
  }
}
