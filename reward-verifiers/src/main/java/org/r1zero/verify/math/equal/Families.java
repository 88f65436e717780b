package org.r1zero.verify.math.equal;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.math3.complex.Complex;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.math.expr.Assignments;
import org.r1zero.verify.math.expr.Expr;
import org.r1zero.verify.math.expr.Exprs;
import org.r1zero.verify.math.expr.Numeric;
import org.r1zero.verify.math.expr.Op;

/**
 * Answers with a parameter that runs through the whole numbers, such as {@code \\frac{\\pi}{4} + k
 * \\pi}: the parameter's name says nothing, nor where it starts to count.
 */
public final class Families {

  private final Comparison comparison;

  /** Compares the members with a comparison of expressions. */
  public Families(Comparison comparison) {
    this.comparison = comparison;
  }

  /**
   * Whether two families have the same members.
   *
   * @param goldName the gold's parameter
   * @param answerName the answer's; {@code null} where it does not say which it is
   */
  public boolean same(Expr gold, String goldName, Expr answer, @Nullable String answerName) {
    String name = answerName != null ? answerName : only(gold, goldName, answer);
    if (name == null) {
      return false;
    }
    Expr renamed = Exprs.renamed(answer, Map.of(name, goldName));
    return comparison.answers(gold, renamed)
        || progressions(Exprs.bothSigns(value(gold)), Exprs.bothSigns(value(renamed)), goldName);
  }

  /** The one variable that the answer has instead of the gold's parameter. */
  private static @Nullable String only(Expr gold, String goldName, Expr answer) {
    Set<String> own = new LinkedHashSet<>(Exprs.names(answer));
    if (own.contains(goldName)) {
      return goldName;
    }
    own.removeAll(Exprs.names(gold));
    return own.size() == 1 ? own.iterator().next() : null;
  }

  private static Expr value(Expr expr) {
    return Assignments.isAssignment(expr) ? ((Expr.Chain) expr).last() : expr;
  }

  private static boolean progressions(Expr gold, Expr answer, String name) {
    if (gold instanceof Expr.Group wanted && answer instanceof Expr.Group given) {
      return wanted.items().size() == given.items().size()
          && covers(wanted.items(), given.items(), name)
          && covers(given.items(), wanted.items(), name);
    }
    return progression(gold, answer, name);
  }

  private static boolean covers(List<Expr> all, List<Expr> others, String name) {
    return all.stream()
        .allMatch(
            one -> others.stream().anyMatch(other -> progression(value(one), value(other), name)));
  }

  /** Whether both are arithmetic progressions with the same step and a common member. */
  private static boolean progression(Expr gold, Expr answer, String name) {
    Complex[] wanted = members(gold, name);
    Complex[] given = members(answer, name);
    double step = step(wanted);
    if (!(step > 1e-9) || Math.abs(step(given) - step) > 1e-9 * step) {
      return false;
    }
    double shift = (given[0].getReal() - wanted[0].getReal()) / step;
    return Math.abs(shift - Math.rint(shift)) < 1e-9;
  }

  private static Complex[] members(Expr expr, String name) {
    boolean known = Set.of(name).equals(Exprs.names(expr));
    Complex[] members = new Complex[4];
    for (int i = 0; i < members.length; i++) {
      members[i] = known ? Numeric.at(new Expr.Name(name), i).value(expr) : Complex.NaN;
    }
    return members;
  }

  /** The distance between members; NaN where it is not the same everywhere. */
  private static double step(Complex[] members) {
    double step = members[1].getReal() - members[0].getReal();
    for (int i = 0; i < members.length; i++) {
      boolean off = Math.abs(members[0].getReal() + i * step - members[i].getReal()) > 1e-9;
      if (off || members[i].isNaN() || Math.abs(members[i].getImaginary()) > 1e-12) {
        return Double.NaN;
      }
    }
    return Math.abs(step);
  }

  /**
   * Whether {@code 1, 2, \ldots, n} and {@code 1, 2, 3, \ldots, n} are the same: before the dots
   * the same steps from the same start, after them the same end.
   */
  static boolean sameEllipsis(List<Expr> gold, List<Expr> answer, Comparison comparison) {
    Expr dots = new Expr.Name("…");
    int goldDots = gold.indexOf(dots);
    int answerDots = answer.indexOf(dots);
    if (goldDots < 2 || answerDots < 2 || gold.size() - goldDots != answer.size() - answerDots) {
      return false;
    }
    for (int i = 1; i < gold.size() - goldDots; i++) {
      if (!comparison.equal(gold.get(goldDots + i), answer.get(answerDots + i))) {
        return false;
      }
    }
    Expr step = Exprs.difference(gold.get(1), gold.get(0));
    List<Expr> longer = goldDots > answerDots ? gold : answer;
    for (int i = 0; i < Math.max(goldDots, answerDots); i++) {
      Expr member =
          Expr.Call.of(Op.PLUS, gold.get(0), Expr.Call.of(Op.TIMES, Expr.Num.of(i), step));
      if (!comparison.equal(member, longer.get(i))) {
        return false;
      }
    }
    return comparison.equal(gold.get(0), answer.get(0));
  }
}
