package org.r1zero.verify.math.equal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.apache.commons.math3.complex.Complex;
import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.math.expr.Assignments;
import org.r1zero.verify.math.expr.Exact;
import org.r1zero.verify.math.expr.Expr;
import org.r1zero.verify.math.expr.Exprs;
import org.r1zero.verify.math.expr.Form;
import org.r1zero.verify.math.expr.FormBuilder;
import org.r1zero.verify.math.expr.Numeric;
import org.r1zero.verify.math.expr.Op;
import org.r1zero.verify.math.expr.Polynomial;
import org.r1zero.verify.math.expr.RealSet;

/**
 * Reads intervals, finite sets, their unions, and inequalities of one variable as {@link RealSet}s.
 */
public final class RealSets {

  private RealSets() {}

  /** The set that {@code expr} stands for; {@code null} where it is none of real numbers. */
  static @Nullable RealSet of(Expr expr) {
    if (expr == Expr.Constant.REALS) {
      return RealSet.REALS;
    }
    if (expr instanceof Expr.Group group) {
      return group(group);
    }
    if (expr instanceof Expr.Chain chain) {
      return chain(chain);
    }
    if (expr instanceof Expr.Call call) {
      if (call.op() == Op.SET_BUILDER) {
        return of(call.arg(0));
      }
      if (call.op() == Op.UNION || call.op() == Op.INTERSECTION || call.op() == Op.SET_MINUS) {
        RealSet left = of(call.arg(0));
        RealSet right = of(call.arg(1));
        if (left == null || right == null) {
          return null;
        }
        return switch (call.op()) {
          case UNION -> left.union(right);
          case INTERSECTION -> left.intersection(right);
          default -> left.minus(right);
        };
      }
    }
    return null;
  }

  /** Whether it has more than single points written out, so that order and brackets say nothing. */
  static boolean isContinuous(Expr expr) {
    if (expr instanceof Expr.Group group) {
      return switch (group.shape()) {
        case LIST, SET -> group.items().stream().anyMatch(item -> isInequality(item));
        case LEFT_OPEN, RIGHT_OPEN -> true;
        case PARENTHESES, BRACKETS -> group.items().size() == 2;
      };
    }
    return expr == Expr.Constant.REALS || expr instanceof Expr.Call || isInequality(expr);
  }

  private static boolean isInequality(Expr expr) {
    return expr instanceof Expr.Chain chain
        && chain.relations().stream().allMatch(r -> r.inequality() || r == Expr.Relation.NOT_EQUAL);
  }

  private static @Nullable RealSet group(Expr.Group group) {
    boolean interval =
        switch (group.shape()) {
          case LEFT_OPEN, RIGHT_OPEN, PARENTHESES, BRACKETS -> true;
          case LIST, SET -> false;
        };
    if (interval) {
      return group.items().size() == 2 ? interval(group) : null;
    }
    RealSet union = RealSet.EMPTY;
    RealSet intersection = RealSet.REALS;
    boolean inequalities = !group.items().isEmpty();
    for (Expr item : group.items()) {
      RealSet part = item instanceof Expr.Chain || isContinuous(item) ? of(item) : point(item);
      if (part == null) {
        return null;
      }
      inequalities &= isInequality(item);
      union = union.union(part);
      intersection = intersection.intersection(part);
    }
    // "x > 1, x < 5" means both; "x < 1 or x > 5" can't.
    boolean both = inequalities && group.items().size() > 1 && !intersection.pieces().isEmpty();
    return both ? intersection : union;
  }

  private static @Nullable RealSet interval(Expr.Group group) {
    RealSet.End low =
        end(
            group.items().get(0),
            group.shape() == Expr.Shape.BRACKETS || group.shape() == Expr.Shape.RIGHT_OPEN);
    RealSet.End high =
        end(
            group.items().get(1),
            group.shape() == Expr.Shape.BRACKETS || group.shape() == Expr.Shape.LEFT_OPEN);
    boolean closedAtInfinity =
        (low != null
                && Double.isInfinite(low.value())
                && group.shape() != Expr.Shape.PARENTHESES
                && group.shape() != Expr.Shape.LEFT_OPEN)
            || (high != null
                && Double.isInfinite(high.value())
                && group.shape() != Expr.Shape.PARENTHESES
                && group.shape() != Expr.Shape.RIGHT_OPEN);
    return low == null || high == null || closedAtInfinity || low.value() > high.value()
        ? null
        : RealSet.of(List.of(new RealSet.Piece(low, high)));
  }

  private static @Nullable RealSet point(Expr expr) {
    RealSet.End end = end(expr, true);
    return end == null || Double.isInfinite(end.value())
        ? null
        : new RealSet(List.of(new RealSet.Piece(end, end)));
  }

  private static RealSet.@Nullable End end(Expr expr, boolean closed) {
    double value = value(expr);
    return Double.isNaN(value)
        ? null
        : new RealSet.End(expr, value, closed && !Double.isInfinite(value));
  }

  /** The real value of an expression without variables, infinities included, otherwise NaN. */
  private static double value(Expr expr) {
    if (expr == Expr.Constant.INFINITY) {
      return Double.POSITIVE_INFINITY;
    }
    if (expr instanceof Expr.Call call && call.op() == Op.NEGATE) {
      return -value(call.arg(0));
    }
    if (!Exprs.names(expr).isEmpty()) {
      return Double.NaN;
    }
    Complex value = new Numeric(0, false).value(expr);
    return Math.abs(value.getImaginary()) > 1e-12 ? Double.NaN : value.getReal();
  }

  private static @Nullable RealSet chain(Expr.Chain chain) {
    Set<String> names = Exprs.names(chain);
    boolean applied = chain.sides().stream().anyMatch(side -> side instanceof Expr.Apply);
    if (names.size() != 1 && !(applied && names.size() <= 1)) {
      return null;
    }
    if (chain.relations().size() == 1 && Exprs.isCollection(chain.last())) {
      return Assignments.isEquation(chain) ? of(chain.last()) : null;
    }
    RealSet solutions = RealSet.REALS;
    for (int i = 0; i < chain.relations().size(); i++) {
      RealSet part =
          solve(chain.sides().get(i), chain.relations().get(i), chain.sides().get(i + 1));
      if (part == null) {
        return null;
      }
      solutions = solutions.intersection(part);
    }
    return solutions;
  }

  private static @Nullable RealSet solve(Expr left, Expr.Relation relation, Expr right) {
    if (isVariable(left)) {
      return solved(relation, right);
    }
    if (isVariable(right)) {
      return solved(relation.flipped(), left);
    }
    return linear(left, relation, right);
  }

  private static boolean isVariable(Expr expr) {
    return expr instanceof Expr.Name || expr instanceof Expr.Apply;
  }

  private static @Nullable RealSet solved(Expr.Relation relation, Expr bound) {
    if (relation == Expr.Relation.NOT_EQUAL && bound instanceof Expr.Group group) {
      RealSet excluded = of(group);
      return excluded == null || isContinuous(group) ? null : excluded.complement();
    }
    RealSet.End open = end(bound, false);
    RealSet.End closed = end(bound, true);
    RealSet.Piece all = RealSet.REALS.pieces().get(0);
    if (open == null || closed == null) {
      return null;
    }
    List<RealSet.Piece> pieces = new ArrayList<>();
    switch (relation) {
      case LESS -> pieces.add(new RealSet.Piece(all.low(), open));
      case LESS_EQUAL -> pieces.add(new RealSet.Piece(all.low(), closed));
      case GREATER -> pieces.add(new RealSet.Piece(open, all.high()));
      case GREATER_EQUAL -> pieces.add(new RealSet.Piece(closed, all.high()));
      case EQUAL -> pieces.add(new RealSet.Piece(closed, closed));
      case NOT_EQUAL -> {
        pieces.add(new RealSet.Piece(all.low(), open));
        pieces.add(new RealSet.Piece(open, all.high()));
      }
      default -> {
        return null;
      }
    }
    return RealSet.of(pieces);
  }

  /** {@code ax + b < cx + d} with rational numbers. */
  private static @Nullable RealSet linear(Expr left, Expr.Relation relation, Expr right) {
    try {
      Form form = FormBuilder.of(Exprs.difference(left, right));
      if (form == null || form.bottom().constant() == null) {
        return null;
      }
      BigFraction slope = BigFraction.ZERO;
      BigFraction offset = BigFraction.ZERO;
      for (Map.Entry<SortedMap<String, BigFraction>, BigFraction> term :
          form.top().terms().entrySet()) {
        if (term.getKey().isEmpty()) {
          offset = term.getValue();
        } else if (term.getKey().size() == 1
            && term.getKey().firstKey().startsWith("x:")
            && BigFraction.ONE.equals(term.getKey().get(term.getKey().firstKey()))) {
          slope = term.getValue();
        } else {
          return null;
        }
      }
      BigFraction divisor = form.bottom().constant();
      if (Exact.isZero(slope) || divisor == null) {
        return null;
      }
      boolean turned = slope.divide(divisor).compareTo(BigFraction.ZERO) < 0;
      return solved(
          turned ? relation.flipped() : relation,
          new Expr.Num(offset.negate().divide(slope), false));
    } catch (Polynomial.TooLarge e) {
      return null;
    }
  }
}
