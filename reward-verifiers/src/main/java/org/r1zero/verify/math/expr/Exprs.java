package org.r1zero.verify.math.expr;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Looking into expressions and rewriting them. */
public final class Exprs {

  private Exprs() {}

  /** The expression with {@code change} applied to its direct parts. */
  public static Expr mapParts(Expr expr, UnaryOperator<Expr> change) {
    if (expr instanceof Expr.Call call) {
      return new Expr.Call(call.op(), map(call.args(), change));
    }
    if (expr instanceof Expr.Apply apply) {
      return new Expr.Apply(apply.function(), map(apply.args(), change));
    }
    if (expr instanceof Expr.Group group) {
      return new Expr.Group(group.shape(), map(group.items(), change));
    }
    if (expr instanceof Expr.Chain chain) {
      return new Expr.Chain(map(chain.sides(), change), chain.relations());
    }
    if (expr instanceof Expr.Matrix matrix) {
      List<List<Expr>> rows = new ArrayList<>();
      matrix.rows().forEach(row -> rows.add(map(row, change)));
      return new Expr.Matrix(List.copyOf(rows));
    }
    return expr;
  }

  private static List<Expr> map(List<Expr> exprs, UnaryOperator<Expr> change) {
    return exprs.stream().map(change).toList();
  }

  /** What an expression is directly made of. */
  public static List<Expr> parts(Expr expr) {
    if (expr instanceof Expr.Call call) {
      return call.args();
    }
    if (expr instanceof Expr.Apply apply) {
      return apply.args();
    }
    if (expr instanceof Expr.Group group) {
      return group.items();
    }
    if (expr instanceof Expr.Chain chain) {
      return chain.sides();
    }
    if (expr instanceof Expr.Matrix matrix) {
      return matrix.rows().stream().flatMap(List::stream).toList();
    }
    return List.of();
  }

  /** The variables in order of appearance. */
  public static Set<String> names(Expr expr) {
    Set<String> names = new LinkedHashSet<>();
    collectNames(expr, names);
    return names;
  }

  private static void collectNames(Expr expr, Set<String> into) {
    if (expr instanceof Expr.Name name) {
      into.add(name.name());
    }
    if (!(expr instanceof Expr.Call call && call.op() == Op.BASE)) {
      parts(expr).forEach(part -> collectNames(part, into));
    }
  }

  /** The same with other names of variables. */
  public static Expr renamed(Expr expr, Map<String, String> names) {
    if (expr instanceof Expr.Name name) {
      return new Expr.Name(names.getOrDefault(name.name(), name.name()));
    }
    return mapParts(expr, part -> renamed(part, names));
  }

  /** Whether an operation occurs anywhere in it. */
  public static boolean contains(Expr expr, Op op) {
    return (expr instanceof Expr.Call call && call.op() == op)
        || parts(expr).stream().anyMatch(part -> contains(part, op));
  }

  /** Whether a constant occurs anywhere in it. */
  public static boolean contains(Expr expr, Expr.Constant constant) {
    return expr == constant || parts(expr).stream().anyMatch(part -> contains(part, constant));
  }

  /** An angle in degrees as one in radians; of an equation the last side. */
  public static Expr degrees(Expr expr) {
    if (expr instanceof Expr.Chain chain) {
      List<Expr> sides = new ArrayList<>(chain.sides());
      sides.set(sides.size() - 1, degrees(chain.last()));
      return new Expr.Chain(List.copyOf(sides), chain.relations());
    }
    if (expr instanceof Expr.Group group) {
      return mapParts(group, Exprs::degrees);
    }
    Expr degree = Expr.Call.of(Op.DIVIDE, Expr.Constant.PI, Expr.Num.of(180));
    return Expr.Call.of(Op.TIMES, expr, degree);
  }

  /** Whether nothing but variables is named here: {@code x}, {@code f(3)}, {@code (x, y)}. */
  static boolean namesOnly(Expr expr) {
    if (expr instanceof Expr.Name || expr instanceof Expr.Text || expr instanceof Expr.Apply) {
      return true;
    }
    if (expr instanceof Expr.Group group) {
      return group.items().stream().allMatch(Exprs::namesOnly);
    }
    if (expr instanceof Expr.Call call) {
      boolean joined =
          switch (call.op()) {
            case TIMES, PLUS, DIVIDE, RATIO, ABS, POWER, DERIVATIVE -> true;
            default -> call.op().elementary();
          };
      return joined
          && call.args().stream().allMatch(arg -> arg instanceof Expr.Constant || namesOnly(arg))
          && call.args().stream().anyMatch(arg -> !(arg instanceof Expr.Constant));
    }
    return false;
  }

  /** A collection rather than one value. */
  public static boolean isCollection(Expr expr) {
    return expr instanceof Expr.Group
        || (expr instanceof Expr.Constant constant
            && constant.compareTo(Expr.Constant.NATURALS) >= 0)
        || (expr instanceof Expr.Call call
            && (call.op() == Op.UNION
                || call.op() == Op.INTERSECTION
                || call.op() == Op.SET_MINUS
                || call.op() == Op.SET_BUILDER));
  }

  /** Both values of a {@code ±}, as a list; {@code expr} where it has none. */
  public static Expr bothSigns(Expr expr) {
    if (!contains(expr, Op.PLUS_MINUS) && !contains(expr, Op.MINUS_PLUS)) {
      return expr;
    }
    if (expr instanceof Expr.Group group && group.shape() != Expr.Shape.PARENTHESES) {
      List<Expr> items = new ArrayList<>();
      for (Expr item : group.items()) {
        Expr both = bothSigns(item);
        if (both instanceof Expr.Group values && !(item instanceof Expr.Group)) {
          items.addAll(values.items());
        } else {
          items.add(both);
        }
      }
      return new Expr.Group(group.shape(), List.copyOf(items));
    }
    if (expr instanceof Expr.Chain chain) {
      return new Expr.Chain(
          chain.sides().stream().map(Exprs::bothSigns).toList(), chain.relations());
    }
    return new Expr.Group(Expr.Shape.LIST, List.of(signed(expr, true), signed(expr, false)));
  }

  private static Expr signed(Expr expr, boolean upper) {
    if (expr instanceof Expr.Call call
        && (call.op() == Op.PLUS_MINUS || call.op() == Op.MINUS_PLUS)) {
      boolean plus = upper == (call.op() == Op.PLUS_MINUS);
      Expr last = signed(call.arg(call.args().size() - 1), upper);
      Expr right = plus ? last : Expr.Call.of(Op.NEGATE, last);
      return call.args().size() == 1
          ? right
          : Expr.Call.of(Op.PLUS, signed(call.arg(0), upper), right);
    }
    return mapParts(expr, part -> signed(part, upper));
  }

  /** The first less the second. */
  public static Expr difference(Expr a, Expr b) {
    return Expr.Call.of(Op.PLUS, a, Expr.Call.of(Op.NEGATE, b));
  }
}
