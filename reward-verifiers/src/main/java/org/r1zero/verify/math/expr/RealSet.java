package org.r1zero.verify.math.expr;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A set of real numbers made of finitely many intervals and points, in order, none touching the
 * next.
 */
public record RealSet(List<Piece> pieces) {

  /** No number. */
  public static final RealSet EMPTY = new RealSet(List.of());

  /** Every real number. */
  public static final RealSet REALS =
      new RealSet(
          List.of(
              new Piece(
                  new End(
                      Expr.Call.of(Op.NEGATE, Expr.Constant.INFINITY),
                      Double.NEGATIVE_INFINITY,
                      false),
                  new End(Expr.Constant.INFINITY, Double.POSITIVE_INFINITY, false))));

  /**
   * An end of an interval.
   *
   * @param expr as it was written
   * @param value its value, infinite ones included
   * @param closed whether it belongs to the interval
   */
  public record End(Expr expr, double value, boolean closed) {}

  /** An interval; a point where both ends are the same. */
  public record Piece(End low, End high) {
    static Piece point(Expr expr, double value) {
      End end = new End(expr, value, true);
      return new Piece(end, end);
    }

    boolean isEmpty() {
      return low.value > high.value
          || (near(low.value, high.value) && !(low.closed && high.closed));
    }
  }

  /** Puts pieces in order and joins those that touch. */
  public static RealSet of(List<Piece> pieces) {
    List<Piece> sorted = new ArrayList<>(pieces);
    sorted.removeIf(Piece::isEmpty);
    sorted.sort(
        Comparator.comparingDouble((Piece piece) -> piece.low.value)
            .thenComparing(piece -> !piece.low.closed));
    List<Piece> joined = new ArrayList<>();
    for (Piece piece : sorted) {
      Piece last = joined.isEmpty() ? null : joined.get(joined.size() - 1);
      if (last != null && touches(last.high, piece.low)) {
        joined.set(joined.size() - 1, new Piece(last.low, later(last.high, piece.high)));
      } else {
        joined.add(piece);
      }
    }
    return new RealSet(List.copyOf(joined));
  }

  private static boolean touches(End high, End low) {
    if (near(high.value, low.value)) {
      return high.closed || low.closed;
    }
    return high.value > low.value;
  }

  private static End later(End a, End b) {
    if (near(a.value, b.value)) {
      return a.closed ? a : b;
    }
    return a.value > b.value ? a : b;
  }

  static boolean near(double a, double b) {
    if (Double.isInfinite(a) || Double.isInfinite(b)) {
      return a == b;
    }
    return Math.abs(a - b) <= 1e-11 * Math.max(Math.abs(a), Math.abs(b));
  }

  /** What is in either. */
  public RealSet union(RealSet other) {
    List<Piece> all = new ArrayList<>(pieces);
    all.addAll(other.pieces);
    return of(all);
  }

  /** What is in both. */
  public RealSet intersection(RealSet other) {
    return complement().union(other.complement()).complement();
  }

  /** What is in this and not in the other. */
  public RealSet minus(RealSet other) {
    return intersection(other.complement());
  }

  /** Every real number that is not in it. */
  public RealSet complement() {
    Piece all = REALS.pieces.get(0);
    List<Piece> gaps = new ArrayList<>();
    End low = all.low;
    for (Piece piece : pieces) {
      End end = piece.low;
      gaps.add(new Piece(low, new End(end.expr, end.value, !end.closed && finite(end))));
      low = new End(piece.high.expr, piece.high.value, !piece.high.closed && finite(piece.high));
    }
    if (pieces.isEmpty() || low.value < Double.POSITIVE_INFINITY) {
      gaps.add(new Piece(low, all.high));
    }
    return of(gaps);
  }

  private static boolean finite(End end) {
    return !Double.isInfinite(end.value);
  }
}
