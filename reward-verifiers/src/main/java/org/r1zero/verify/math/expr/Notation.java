package org.r1zero.verify.math.expr;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Signs whose meaning shows only beside the gold. */
public final class Notation {

  private Notation() {}

  /**
   * The answer read as something of the gold's kind, where its signs allow that.
   *
   * <p>{@code C(10, 3)} is a binomial coefficient beside a number and a point with its name beside
   * a pair; a column of numbers is a tuple beside a tuple, and rows in brackets are a matrix beside
   * a matrix.
   */
  public static Expr like(Expr gold, Expr answer) {
    if (answer instanceof Expr.Call call
        && call.op() == Op.TIMES
        && call.arg(0) instanceof Expr.Name name
        && call.arg(1) instanceof Expr.Group pair
        && pair.shape() == Expr.Shape.PARENTHESES) {
      return named(name.name(), pair, gold, answer);
    }
    Expr components = components(gold, answer);
    if (components != null) {
      return components;
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

  private static final List<List<String>> UNIT_VECTORS =
      List.of(
          List.of("i", "hati", "veci", "hatimath", "vecimath", "widehati"),
          List.of("j", "hatj", "vecj", "hatjmath", "vecjmath", "widehatj"),
          List.of("k", "hatk", "veck", "widehatk"));

  /**
   * The components of {@code 3\hat{i} - \hat{j}} beside a tuple or a column, and of {@code [1,2]^T}
   * beside a column; {@code null} for anything else.
   */
  public static @Nullable Expr components(Expr vector, Expr sum) {
    int size =
        vector instanceof Expr.Group tuple && isTuple(tuple)
            ? tuple.items().size()
            : vector instanceof Expr.Matrix matrix && isVector(matrix)
                ? Exprs.parts(matrix).size()
                : 0;
    if (vector instanceof Expr.Matrix matrix
        && sum instanceof Expr.Call power
        && power.op() == Op.POWER
        && power.arg(1).equals(new Expr.Name("T"))
        && power.arg(0) instanceof Expr.Group row
        && row.items().size() == size) {
      return alike(matrix, row);
    }
    boolean known =
        Exprs.names(sum).stream()
            .allMatch(name -> UNIT_VECTORS.stream().anyMatch(names -> names.contains(name)));
    boolean some = !Exprs.names(sum).isEmpty() || Exprs.contains(sum, Expr.Constant.I);
    if (size < 2 || size > 3 || !known || !some || !(sum instanceof Expr.Call)) {
      return null;
    }
    List<Expr> components = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Expr component = component(sum, i);
      boolean beyond = i >= size && !isZero(component);
      if (beyond || !isZero(component(sum, -1))) {
        return null;
      }
      if (i < size) {
        components.add(component);
      }
    }
    return vector instanceof Expr.Matrix matrix
        ? alike(matrix, new Expr.Group(Expr.Shape.PARENTHESES, components))
        : new Expr.Group(((Expr.Group) vector).shape(), List.copyOf(components));
  }

  /** A sum with one for the unit vector of an axis and zero for the others. */
  private static Expr component(Expr sum, int axis) {
    for (int i = 0; i < UNIT_VECTORS.size(); i++) {
      boolean unit =
          (sum instanceof Expr.Name name && UNIT_VECTORS.get(i).contains(name.name()))
              || (i == 0 && sum == Expr.Constant.I);
      if (unit) {
        return Expr.Num.of(i == axis ? 1 : 0);
      }
    }
    return Exprs.mapParts(sum, part -> component(part, axis));
  }

  private static boolean isZero(Expr expr) {
    return new Numeric(0, false).value(expr).abs() < 1e-12;
  }

  private static final Set<String> CONSTANTS =
      Set.of("C", "c", "K", "k", "C_1", "c_1", "C_0", "c_0", "D", "const", "constant");

  /** The answer with the gold's letter for the constant that an integral adds: {@code x^2 + C}. */
  public static Expr withConstantOf(Expr gold, Expr answer) {
    String wanted = constant(gold);
    String given = wanted == null ? null : constant(answer);
    boolean other =
        wanted != null
            && given != null
            && !wanted.equals(given)
            && !Exprs.names(gold).contains(given)
            && !Exprs.names(answer).contains(wanted);
    return other ? Exprs.renamed(answer, Map.of(given, wanted)) : answer;
  }

  /** The one letter for a constant that is added to the rest of a formula. */
  private static @Nullable String constant(Expr expr) {
    Expr sum = expr instanceof Expr.Chain chain ? chain.last() : expr;
    if (!(sum instanceof Expr.Call call) || call.op() != Op.PLUS) {
      return null;
    }
    List<String> constants =
        call.args().stream()
            .filter(arg -> arg instanceof Expr.Name name && CONSTANTS.contains(name.name()))
            .map(arg -> ((Expr.Name) arg).name())
            .toList();
    return constants.size() == 1 ? constants.get(0) : null;
  }

  /**
   * An expression with {@code C_n^k}, {@code A_n^k} and {@code P_n^k} as combinations and
   * arrangements, unless the other one has such a variable.
   */
  public static Expr counted(Expr expr, Expr other) {
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
