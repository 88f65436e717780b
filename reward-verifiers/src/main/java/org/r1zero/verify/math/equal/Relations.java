package org.r1zero.verify.math.equal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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
import org.r1zero.verify.math.expr.Polynomial;
import org.r1zero.verify.math.expr.RealSet;

/** Whether two equations, inequalities or chains of them say the same. */
public final class Relations {

  private final Comparison comparison;

  Relations(Comparison comparison) {
    this.comparison = comparison;
  }

  boolean equal(Expr.Chain writtenGold, Expr.Chain writtenAnswer) {
    Expr.Chain gold = squared(writtenGold);
    Expr.Chain answer = squared(writtenAnswer);
    if (isCongruence(gold) && isCongruence(answer)) {
      return congruent(gold, answer);
    }
    if (sameSides(gold, answer) || sameSides(gold, reversed(answer))) {
      return true;
    }
    if (gold.relations().size() == 1 && answer.relations().size() == 1) {
      if (single(gold, answer)) {
        return true;
      }
    } else if (gold.relations().size() == answer.relations().size()) {
      return false;
    }
    RealSet goldSet = RealSets.of(gold);
    RealSet answerSet = RealSets.of(answer);
    if (!Exprs.names(gold).equals(Exprs.names(answer))) {
      return false;
    }
    if (goldSet != null && answerSet != null) {
      return comparison.sets(goldSet, answerSet);
    }
    // Of |x| < 1 and -1 < x < 1 only one is solved.
    return (goldSet != null && new Solutions(answer).are(goldSet))
        || (answerSet != null && new Solutions(gold).are(answerSet));
  }

  /** {@code \sqrt{a} = c} as {@code a = c^2}, where c is a number that is not negative. */
  private static Expr.Chain squared(Expr.Chain chain) {
    boolean root =
        chain.sides().size() == 2
            && chain.all(Expr.Relation.EQUAL)
            && chain.first() instanceof Expr.Call call
            && call.op() == Op.ROOT
            && call.arg(1).equals(Expr.Num.of(2))
            && Exprs.names(chain.last()).isEmpty();
    if (!root) {
      return chain;
    }
    Complex value = new Numeric(0, false).value(chain.last());
    return value.getImaginary() == 0 && value.getReal() >= 0
        ? new Expr.Chain(
            List.of(
                ((Expr.Call) chain.first()).arg(0),
                Expr.Call.of(Op.POWER, chain.last(), Expr.Num.of(2))),
            chain.relations())
        : chain;
  }

  private static boolean isCongruence(Expr.Chain chain) {
    return chain.sides().size() == 2
        && chain.all(Expr.Relation.CONGRUENT)
        && modulus(chain.last()) != null;
  }

  /** The modulus of {@code 3 \pmod 5} and of {@code 3 \bmod 5}. */
  private static @Nullable BigFraction modulus(Expr expr) {
    if (!(expr instanceof Expr.Call call)) {
      return null;
    }
    BigFraction modulus =
        call.op() == Op.NEGATE
            ? modulus(call.arg(0))
            : call.op() == Op.MOD
                ? Exact.of(call.arg(call.args().size() - 1))
                : call.op() == Op.TIMES ? modulus(call.arg(1)) : null;
    return modulus == null || Exact.isZero(modulus) ? null : modulus.abs();
  }

  private static @Nullable BigFraction residue(Expr expr) {
    if (!(expr instanceof Expr.Call call)) {
      return null;
    }
    BigFraction value = call.op() == Op.NEGATE ? residue(call.arg(0)) : Exact.of(call.arg(0));
    return value != null && call.op() == Op.NEGATE ? value.negate() : value;
  }

  /** Whether the same is congruent to the same residue: {@code -2} is 3 modulo 5. */
  private boolean congruent(Expr.Chain gold, Expr.Chain answer) {
    BigFraction modulus = modulus(gold.last());
    BigFraction wanted = residue(gold.last());
    BigFraction given = residue(answer.last());
    if (modulus == null
        || wanted == null
        || given == null
        || !modulus.equals(modulus(answer.last()))) {
      return false;
    }
    return Exact.isWhole(wanted.subtract(given).divide(modulus))
        && comparison.equal(gold.first(), answer.first());
  }

  private boolean sameSides(Expr.Chain gold, Expr.Chain answer) {
    if (!gold.relations().equals(answer.relations())) {
      return false;
    }
    for (int i = 0; i < gold.sides().size(); i++) {
      if (!comparison.equal(gold.sides().get(i), answer.sides().get(i))) {
        return false;
      }
    }
    return true;
  }

  private static Expr.Chain reversed(Expr.Chain chain) {
    List<Expr> sides = new ArrayList<>(chain.sides());
    List<Expr.Relation> relations = new ArrayList<>();
    chain.relations().forEach(relation -> relations.add(relation.flipped()));
    Collections.reverse(sides);
    Collections.reverse(relations);
    return new Expr.Chain(List.copyOf(sides), List.copyOf(relations));
  }

  /** Compares left minus right: the same up to a factor, positive for inequalities. */
  private boolean single(Expr.Chain gold, Expr.Chain answer) {
    Expr.Relation goldRelation = gold.relations().get(0);
    Expr.Relation answerRelation = answer.relations().get(0);
    boolean comparable =
        goldRelation == Expr.Relation.EQUAL
            || goldRelation == Expr.Relation.NOT_EQUAL
            || goldRelation.inequality();
    if (!comparable || hasCollections(gold) || hasCollections(answer)) {
      return false;
    }
    Expr goldDifference = Exprs.difference(gold.first(), gold.last());
    Expr answerDifference = Exprs.difference(answer.first(), answer.last());
    if (goldRelation.inequality() && goldRelation != answerRelation) {
      if (goldRelation != answerRelation.flipped()) {
        return false;
      }
      answerDifference = Exprs.difference(answer.last(), answer.first());
    } else if (goldRelation != answerRelation) {
      return false;
    }
    Double ratio = ratio(goldDifference, answerDifference);
    if (ratio == null || (goldRelation.inequality() && ratio < 0)) {
      return false;
    }
    return proportional(goldDifference, answerDifference, ratio);
  }

  private static boolean hasCollections(Expr.Chain chain) {
    return chain.sides().stream()
        .anyMatch(side -> Exprs.isCollection(side) || side instanceof Expr.Matrix);
  }

  /** The factor between two expressions at all sample points, or {@code null}. */
  private static @Nullable Double ratio(Expr gold, Expr answer) {
    Complex ratio = null;
    int points = 0;
    for (int point = 0; point < 6; point++) {
      Complex a = new Numeric(point / 2, point % 2 == 1).value(gold);
      Complex b = new Numeric(point / 2, point % 2 == 1).value(answer);
      if (a.isNaN() || b.isNaN()) {
        continue;
      }
      if (a.abs() < 1e-12 || b.abs() < 1e-12) {
        return null;
      }
      Complex quotient = a.divide(b);
      if (ratio != null && quotient.subtract(ratio).abs() > 1e-9 * ratio.abs()) {
        return null;
      }
      ratio = quotient;
      points++;
    }
    return ratio == null || points < 2 || Math.abs(ratio.getImaginary()) > 1e-12
        ? null
        : ratio.getReal();
  }

  private boolean proportional(Expr gold, Expr answer, double ratio) {
    try {
      Form a = FormBuilder.of(gold);
      Form b = FormBuilder.of(answer);
      if (a != null && b != null && a.ratioTo(b) != null) {
        return true;
      }
    } catch (Polynomial.TooLarge e) {
      // Left to Symja.
    }
    Expr factor;
    try {
      factor = new Expr.Num(new BigFraction(ratio, 1e-12, 10_000), false);
    } catch (org.apache.commons.math3.fraction.FractionConversionException e) {
      return false;
    }
    return comparison
        .values()
        .isZero(Exprs.difference(gold, Expr.Call.of(Op.TIMES, factor, answer)), true);
  }
}
