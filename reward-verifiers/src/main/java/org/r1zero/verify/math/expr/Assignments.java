package org.r1zero.verify.math.expr;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.math3.complex.Complex;

/** Chains that give something a name or a value: {@code x = 1 + 1 = 2}. */
public final class Assignments {

  private Assignments() {}

  /**
   * A chain without its detours: what follows an approximation of the answer is left out, and of an
   * assignment only the name and the last value stay.
   */
  public static Expr shortened(Expr expr) {
    if (expr instanceof Expr.Group group) {
      return roots(group);
    }
    if (!(expr instanceof Expr.Chain chain)) {
      return expr;
    }
    if (chain.relations().get(0) == Expr.Relation.APPROXIMATELY && isNumber(chain.first())) {
      return chain.first();
    }
    Expr.Chain exact = withoutApproximation(chain);
    if (isAssignment(exact)) {
      return new Expr.Chain(List.of(exact.first(), exact.last()), List.of(Expr.Relation.EQUAL));
    }
    return exact;
  }

  /** {@code x = 1 \\text{ or } x = 2} gives x two values. */
  private static Expr roots(Expr.Group group) {
    if (group.shape() != Expr.Shape.LIST || group.items().size() < 2) {
      return group;
    }
    List<Expr> values = new ArrayList<>();
    Expr first = null;
    for (Expr item : group.items()) {
      if (!(item instanceof Expr.Chain chain)
          || !chain.all(Expr.Relation.EQUAL)
          || !(chain.first() instanceof Expr.Name name)
          || (first != null && !first.equals(name))) {
        return group;
      }
      first = name;
      values.add(chain.last());
    }
    return first == null
        ? group
        : new Expr.Chain(
            List.of(first, new Expr.Group(Expr.Shape.LIST, List.copyOf(values))),
            List.of(Expr.Relation.EQUAL));
  }

  /** Variables without their subscripts, where all have the same letter: the roots of one. */
  public static Expr withoutSubscripts(Expr expr) {
    Map<String, String> names = new HashMap<>();
    Set<String> letters = new HashSet<>();
    for (String name : Exprs.names(expr)) {
      int subscript = name.indexOf('_');
      String letter = subscript > 0 ? name.substring(0, subscript) : name;
      letters.add(letter);
      names.put(name, letter);
    }
    return letters.size() == 1 ? Exprs.renamed(expr, names) : expr;
  }

  /** Whether two writings are one number, the second perhaps rounded. */
  public static boolean sameNumber(Expr one, Expr other) {
    double a = number(one);
    double b = number(other);
    int places = other instanceof Expr.Num num && num.decimal() ? 3 : 9;
    return Math.abs(a - b) <= Math.pow(10, -places) * Math.max(1, Math.abs(a)) / 2;
  }

  private static boolean isNumber(Expr expr) {
    return !Double.isNaN(number(expr));
  }

  private static double number(Expr expr) {
    if (expr instanceof Expr.Chain || Exprs.isCollection(expr) || !Exprs.names(expr).isEmpty()) {
      return Double.NaN;
    }
    Complex value = new Numeric(0, false).value(expr);
    return Math.abs(value.getImaginary()) > 1e-12 ? Double.NaN : value.getReal();
  }

  /**
   * Whether a chain says that different numbers are equal, as in {@code 4 = 5}. Only numbers as
   * they stand count: of a calculation with a slip the last value is the answer.
   */
  public static boolean contradicts(Expr.Chain chain) {
    return chain.all(Expr.Relation.EQUAL)
        && chain.sides().stream().allMatch(side -> side instanceof Expr.Num)
        && chain.sides().stream()
            .anyMatch(
                side ->
                    Math.abs(number(side) - number(chain.first()))
                        > 0.01 * Math.abs(number(chain.first())));
  }

  /** A list without what it says of its variables: {@code 2k\pi, k \in \mathbb{Z}}. */
  public static Expr withoutConditions(Expr expr) {
    if (!(expr instanceof Expr.Group list) || list.shape() != Expr.Shape.LIST) {
      return expr;
    }
    List<Expr> items = new ArrayList<>(list.items());
    while (items.size() > 1 && isMembership(items.get(items.size() - 1))) {
      items.remove(items.size() - 1);
    }
    return items.size() == 1 ? items.get(0) : new Expr.Group(Expr.Shape.LIST, List.copyOf(items));
  }

  private static boolean isMembership(Expr expr) {
    return expr instanceof Expr.Chain chain
        && chain.all(Expr.Relation.IN)
        && chain.last() instanceof Expr.Constant;
  }

  private static Expr.Chain withoutApproximation(Expr.Chain chain) {
    List<Expr> sides = new ArrayList<>(List.of(chain.first()));
    List<Expr.Relation> relations = new ArrayList<>();
    for (int i = 0; i < chain.relations().size(); i++) {
      Expr.Relation relation = chain.relations().get(i);
      if (relation == Expr.Relation.APPROXIMATELY) {
        if (!relations.isEmpty()) {
          break;
        }
        relation = Expr.Relation.EQUAL;
      }
      relations.add(relation);
      sides.add(chain.sides().get(i + 1));
    }
    return new Expr.Chain(List.copyOf(sides), List.copyOf(relations));
  }

  /** Whether all its signs are {@code =}, or it is one membership, {@code x \in A}. */
  public static boolean isEquation(Expr expr) {
    return expr instanceof Expr.Chain chain
        && (chain.all(Expr.Relation.EQUAL)
            || (chain.relations().size() == 1 && chain.relations().get(0) == Expr.Relation.IN));
  }

  /** An equation whose left side is a name. */
  public static boolean isAssignment(Expr expr) {
    return isEquation(expr) && Exprs.namesOnly(((Expr.Chain) expr).first());
  }
}
