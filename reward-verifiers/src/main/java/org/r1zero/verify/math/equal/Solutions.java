package org.r1zero.verify.math.equal;

import java.util.List;
import java.util.Set;
import org.apache.commons.math3.complex.Complex;
import org.r1zero.verify.math.expr.Expr;
import org.r1zero.verify.math.expr.Exprs;
import org.r1zero.verify.math.expr.Numeric;
import org.r1zero.verify.math.expr.RealSet;

/**
 * Checks whether a set is the solution of an inequality of one variable, without solving it: the
 * inequality has to hold at points inside, fail at points outside, and change at the ends.
 */
public final class Solutions {

  private static final int POINTS = 7;

  private final Expr.Chain chain;

  Solutions(Expr.Chain chain) {
    this.chain = chain;
  }

  boolean are(RealSet set) {
    Set<String> names = Exprs.names(chain);
    if (names.size() != 1 || set.pieces().isEmpty()) {
      return false;
    }
    Expr variable = new Expr.Name(names.iterator().next());
    if (!chain.relations().stream().allMatch(r -> r.inequality() || r == Expr.Relation.NOT_EQUAL)) {
      return false;
    }
    RealSet outside = set.complement();
    return holds(variable, set, true) && holds(variable, outside, false);
  }

  private boolean holds(Expr variable, RealSet set, boolean expected) {
    for (RealSet.Piece piece : set.pieces()) {
      double low = Math.max(piece.low().value(), Math.min(-1000, piece.high().value() - 1000));
      double high = Math.min(piece.high().value(), Math.max(1000, low + 1000));
      for (int i = 0; i <= POINTS; i++) {
        // Close to the ends as well as between them.
        double share = i == 0 ? 1e-7 : i == POINTS ? 1 - 1e-7 : (i - 0.37) / POINTS;
        double point = low + (high - low) * share;
        if (low < high && isTrue(variable, point, 0) != expected) {
          return false;
        }
      }
      for (RealSet.End end : List.of(piece.low(), piece.high())) {
        boolean finite = !Double.isInfinite(end.value());
        if (finite && end.closed() && isTrue(variable, end.value(), 1e-9) != expected) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * Whether the chain holds at a point.
   *
   * @param slack how near two sides count as the same
   */
  private boolean isTrue(Expr variable, double point, double slack) {
    for (int i = 0; i < chain.relations().size(); i++) {
      double left = value(chain.sides().get(i), variable, point);
      double right = value(chain.sides().get(i + 1), variable, point);
      if (Double.isNaN(left) || Double.isNaN(right)) {
        return false;
      }
      boolean same = Math.abs(left - right) <= slack * Math.max(1, Math.abs(left));
      boolean holds =
          switch (chain.relations().get(i)) {
            case LESS -> left < right && !same;
            case GREATER -> left > right && !same;
            case LESS_EQUAL -> left < right || same;
            case GREATER_EQUAL -> left > right || same;
            default -> left != right && !same;
          };
      if (!holds) {
        return false;
      }
    }
    return true;
  }

  private static double value(Expr side, Expr variable, double point) {
    if (side == Expr.Constant.INFINITY) {
      return Double.POSITIVE_INFINITY;
    }
    Complex value = Numeric.at(variable, point).value(side);
    return Math.abs(value.getImaginary()) > 1e-12 ? Double.NaN : value.getReal();
  }
}
