package org.r1zero.verify.math;

import java.util.ArrayList;
import java.util.List;

/** Signs whose meaning shows only beside the gold. */
final class Notation {

  private Notation() {}

  /**
   * The answer read as something of the gold's kind, where its signs allow that.
   *
   * <p>{@code C(10, 3)} is a binomial coefficient beside a number and a point with its name beside
   * a pair; a column of numbers is a tuple beside a tuple, and rows in brackets are a matrix beside
   * a matrix.
   */
  static Expr like(Expr gold, Expr answer) {
    if (answer instanceof Expr.Call call
        && call.op() == Op.TIMES
        && call.arg(0) instanceof Expr.Name name
        && call.arg(1) instanceof Expr.Group pair
        && pair.shape() == Expr.Shape.PARENTHESES) {
      return named(name.name(), pair, gold, answer);
    }
    if (gold instanceof Expr.Group tuple
        && isTuple(tuple)
        && answer instanceof Expr.Matrix vector
        && isVector(vector)) {
      return new Expr.Group(
          Expr.Shape.PARENTHESES, vector.rows().stream().flatMap(List::stream).toList());
    }
    if (gold instanceof Expr.Matrix matrix && answer instanceof Expr.Group group) {
      return isVector(matrix) && isTuple(group) ? alike(matrix, group) : rows(group);
    }
    return answer;
  }

  /**
   * An expression with {@code C_n^k}, {@code A_n^k} and {@code P_n^k} as combinations and
   * arrangements, unless the other one has such a variable.
   */
  static Expr counted(Expr expr, Expr other) {
    if (expr instanceof Expr.Call call
        && call.op() == Op.POWER
        && call.arg(0) instanceof Expr.Name name
        && name.name().matches("[CAP]_(?:\\d{1,3}|[a-z])")
        && !Exprs.names(other).contains(name.name())) {
      String below = name.name().substring(2);
      boolean digits = Character.isDigit(below.charAt(0));
      Expr n = digits ? Expr.Num.of(Integer.parseInt(below)) : new Expr.Name(below);
      Expr k = call.arg(1);
      Expr chosen = Expr.Call.of(Op.BINOMIAL, n, k);
      return name.name().startsWith("C")
          ? chosen
          : Expr.Call.of(Op.TIMES, chosen, Expr.Call.of(Op.FACTORIAL, k));
    }
    return Exprs.mapParts(expr, part -> counted(part, other));
  }

  private static Expr named(String name, Expr.Group pair, Expr gold, Expr answer) {
    boolean capital = name.length() == 1 && Character.isUpperCase(name.charAt(0));
    if (capital && gold instanceof Expr.Group) {
      return pair;
    }
    boolean binomial =
        name.equals("C") && pair.items().size() == 2 && !Exprs.names(gold).contains("C");
    return binomial && !Exprs.isCollection(gold)
        ? Expr.Call.of(Op.BINOMIAL, pair.items().get(0), pair.items().get(1))
        : answer;
  }

  private static boolean isTuple(Expr.Group group) {
    return group.shape() == Expr.Shape.PARENTHESES && group.items().size() > 1;
  }

  private static boolean isVector(Expr.Matrix matrix) {
    return matrix.rows().size() == 1 || matrix.rows().get(0).size() == 1;
  }

  /** A tuple laid out as the gold's row or column. */
  private static Expr alike(Expr.Matrix gold, Expr.Group tuple) {
    return new Expr.Matrix(
        gold.rows().size() == 1
            ? List.of(tuple.items())
            : tuple.items().stream().map(List::of).toList());
  }

  /** {@code [[1, 2], [3, 4]]}, or the group itself. */
  private static Expr rows(Expr.Group group) {
    List<List<Expr>> rows = new ArrayList<>();
    for (Expr item : group.items()) {
      if (!(item instanceof Expr.Group row)
          || row.items().isEmpty()
          || (!rows.isEmpty() && rows.get(0).size() != row.items().size())) {
        return group;
      }
      rows.add(row.items());
    }
    return rows.isEmpty() ? group : new Expr.Matrix(List.copyOf(rows));
  }
}
