package org.r1zero.verify.math.expr;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Works out sums and products of matrices, entry by entry. */
public final class Matrices {

  private static final int MAX_SIZE = 12;
  private static final int MAX_DETERMINANT = 4;

  private Matrices() {}

  /** The matrix that {@code expr} is; {@code null} where it is none. */
  public static Expr.@Nullable Matrix of(Expr expr) {
    if (expr instanceof Expr.Matrix matrix) {
      return matrix;
    }
    if (!(expr instanceof Expr.Call call)) {
      return null;
    }
    return switch (call.op()) {
      case PLUS -> sum(call.args());
      case NEGATE -> scaled(Expr.Num.of(-1), of(call.arg(0)));
      case TIMES -> product(call.arg(0), call.arg(1));
      case DIVIDE -> scaled(Expr.Call.of(Op.DIVIDE, Expr.Num.of(1), call.arg(1)), of(call.arg(0)));
      case POWER -> transposed(call);
      default -> null;
    };
  }

  /** Whether a matrix or a vector stands in it, other than in a determinant. */
  public static boolean isMatrix(Expr expr) {
    return expr instanceof Expr.Matrix
        || (expr instanceof Expr.Call call
            && call.op() != Op.DETERMINANT
            && call.args().stream().anyMatch(Matrices::isMatrix));
  }

  /** The determinant, written out along the first row. */
  public static Expr determinant(Expr.Matrix matrix) throws ParseException {
    int size = matrix.rows().size();
    if (size != matrix.rows().get(0).size() || size > MAX_DETERMINANT) {
      throw new ParseException("no determinant of this size");
    }
    if (size == 1) {
      return matrix.rows().get(0).get(0);
    }
    List<Expr> addends = new ArrayList<>();
    for (int j = 0; j < size; j++) {
      Expr product =
          Expr.Call.of(Op.TIMES, matrix.rows().get(0).get(j), determinant(minor(matrix, j)));
      addends.add(j % 2 == 0 ? product : Expr.Call.of(Op.NEGATE, product));
    }
    return new Expr.Call(Op.PLUS, List.copyOf(addends));
  }

  private static Expr.Matrix minor(Expr.Matrix matrix, int column) {
    List<List<Expr>> rows = new ArrayList<>();
    for (List<Expr> row : matrix.rows().subList(1, matrix.rows().size())) {
      List<Expr> rest = new ArrayList<>(row);
      rest.remove(column);
      rows.add(List.copyOf(rest));
    }
    return new Expr.Matrix(List.copyOf(rows));
  }

  private static Expr.@Nullable Matrix sum(List<Expr> addends) {
    Expr.Matrix sum = null;
    for (Expr addend : addends) {
      Expr.Matrix next = of(addend);
      if (next == null) {
        return null;
      }
      sum = sum == null ? next : sum(sum, next);
      if (sum == null) {
        return null;
      }
    }
    return sum;
  }

  private static Expr.@Nullable Matrix sum(Expr.Matrix a, Expr.Matrix b) {
    if (a.rows().size() != b.rows().size() || a.rows().get(0).size() != b.rows().get(0).size()) {
      return null;
    }
    List<List<Expr>> rows = new ArrayList<>();
    for (int i = 0; i < a.rows().size(); i++) {
      List<Expr> row = new ArrayList<>();
      for (int j = 0; j < a.rows().get(i).size(); j++) {
        row.add(Expr.Call.of(Op.PLUS, a.rows().get(i).get(j), b.rows().get(i).get(j)));
      }
      rows.add(List.copyOf(row));
    }
    return new Expr.Matrix(List.copyOf(rows));
  }

  private static Expr.@Nullable Matrix scaled(Expr factor, Expr.@Nullable Matrix matrix) {
    if (matrix == null || isMatrix(factor)) {
      return null;
    }
    List<List<Expr>> rows = new ArrayList<>();
    for (List<Expr> row : matrix.rows()) {
      rows.add(row.stream().map(entry -> (Expr) Expr.Call.of(Op.TIMES, factor, entry)).toList());
    }
    return new Expr.Matrix(List.copyOf(rows));
  }

  private static Expr.@Nullable Matrix product(Expr left, Expr right) {
    Expr.Matrix a = of(left);
    Expr.Matrix b = of(right);
    if (a == null) {
      return scaled(left, b);
    }
    if (b == null) {
      return scaled(right, a);
    }
    int inner = b.rows().size();
    if (a.rows().get(0).size() != inner || inner > MAX_SIZE || a.rows().size() > MAX_SIZE) {
      return null;
    }
    List<List<Expr>> rows = new ArrayList<>();
    for (List<Expr> row : a.rows()) {
      List<Expr> entries = new ArrayList<>();
      for (int j = 0; j < b.rows().get(0).size(); j++) {
        List<Expr> addends = new ArrayList<>();
        for (int k = 0; k < inner; k++) {
          addends.add(Expr.Call.of(Op.TIMES, row.get(k), b.rows().get(k).get(j)));
        }
        entries.add(new Expr.Call(Op.PLUS, List.copyOf(addends)));
      }
      rows.add(List.copyOf(entries));
    }
    return new Expr.Matrix(List.copyOf(rows));
  }

  /** {@code A^T}. */
  private static Expr.@Nullable Matrix transposed(Expr.Call call) {
    Expr.Matrix matrix = call.arg(1).equals(new Expr.Name("T")) ? of(call.arg(0)) : null;
    if (matrix == null) {
      return null;
    }
    List<List<Expr>> rows = new ArrayList<>();
    for (int j = 0; j < matrix.rows().get(0).size(); j++) {
      List<Expr> row = new ArrayList<>();
      for (List<Expr> old : matrix.rows()) {
        row.add(old.get(j));
      }
      rows.add(List.copyOf(row));
    }
    return new Expr.Matrix(List.copyOf(rows));
  }
}
