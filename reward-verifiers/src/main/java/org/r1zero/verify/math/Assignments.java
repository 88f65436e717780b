package org.r1zero.verify.math;

import java.util.ArrayList;
import java.util.List;

/** Chains that give something a name or a value: {@code x = 1 + 1 = 2}. */
final class Assignments {

  private Assignments() {}

  /**
   * A chain without its detours: what follows an approximation of the answer is left out, and of an
   * assignment only the name and the last value stay.
   */
  static Expr shortened(Expr expr) {
    if (!(expr instanceof Expr.Chain chain)) {
      return expr;
    }
    Expr.Chain exact = withoutApproximation(chain);
    if (isAssignment(exact)) {
      return new Expr.Chain(List.of(exact.first(), exact.last()), List.of(Expr.Relation.EQUAL));
    }
    return exact;
  }

  /** A list without what it says of its variables: {@code 2k\pi, k \in \mathbb{Z}}. */
  static Expr withoutConditions(Expr expr) {
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

  static boolean isEquation(Expr expr) {
    return expr instanceof Expr.Chain chain
        && (chain.all(Expr.Relation.EQUAL)
            || (chain.relations().size() == 1 && chain.relations().get(0) == Expr.Relation.IN));
  }

  /** An equation whose left side is a name. */
  static boolean isAssignment(Expr expr) {
    return isEquation(expr) && Exprs.namesOnly(((Expr.Chain) expr).first());
  }
}
