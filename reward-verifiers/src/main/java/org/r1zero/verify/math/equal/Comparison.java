package org.r1zero.verify.math.equal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.math.expr.Assignments;
import org.r1zero.verify.math.expr.Exact;
import org.r1zero.verify.math.expr.Expr;
import org.r1zero.verify.math.expr.Exprs;
import org.r1zero.verify.math.expr.Matrices;
import org.r1zero.verify.math.expr.Notation;
import org.r1zero.verify.math.expr.Op;
import org.r1zero.verify.math.expr.RealSet;
import org.r1zero.verify.math.symja.SymbolicEngine;

/**
 * Whether an answer equals the gold: takes both apart down to single values, which {@link Values}
 * compares.
 *
 * <p>It is not symmetric: the gold says what is asked for. {@code x = 3} answers 3 and {@code 3}
 * answers {@code x = 3}, but 0 does not answer {@code a + b = 0}. A tuple asks for its order, a set
 * does not.
 *
 * <p>One object serves one comparison and is not thread-safe.
 */
public final class Comparison {

  /** Longer lists are compared in their order alone. */
  private static final int MAX_UNORDERED = 60;

  private static final int MAX_DEPTH = 40;

  private final MathRules rules;
  private final Values values;
  private final Relations relations = new Relations(this);
  private int depth;

  /**
   * Compares by some rules.
   *
   * @param engine decides what exact arithmetic cannot
   */
  public Comparison(MathRules rules, SymbolicEngine engine) {
    this.rules = rules;
    this.values = new Values(rules, engine);
  }

  /** How two values are compared. */
  public Values values() {
    return values;
  }

  /** Compares a whole answer. */
  public boolean answers(Expr gold, Expr answer) {
    Expr given = Notation.withConstantOf(gold, answer);
    return equal(gold, rules.strictNames() ? given : matched(gold, given));
  }

  /** The answer with the gold's variables instead of its own, where there are as many. */
  private static Expr matched(Expr gold, Expr answer) {
    List<String> from = new ArrayList<>(Exprs.names(answer));
    List<String> to = new ArrayList<>(Exprs.names(gold));
    if (from.size() != to.size()) {
      return answer;
    }
    Map<String, String> names = new HashMap<>();
    for (int i = 0; i < from.size(); i++) {
      names.put(from.get(i), to.get(i));
    }
    return Exprs.renamed(answer, names);
  }

  boolean equal(Expr gold, Expr answer) {
    if (gold.equals(answer)) {
      return true;
    }
    if (depth >= MAX_DEPTH) {
      return false;
    }
    depth++;
    boolean equal = unequalTrees(gold, answer);
    depth--;
    return equal;
  }

  private boolean unequalTrees(Expr gold, Expr answer) {
    Expr wanted = Assignments.shortened(Exprs.bothSigns(gold));
    Expr given = Assignments.shortened(Exprs.bothSigns(answer));
    if (depth == 1 && !Exprs.names(wanted).equals(Exprs.names(given))) {
      wanted = Notation.counted(wanted, given);
      given = Notation.counted(given, wanted);
      wanted = Assignments.shortened(Assignments.withoutSubscripts(wanted));
      given = Assignments.shortened(Assignments.withoutSubscripts(given));
    }
    Expr components = Notation.components(given, wanted);
    if (components != null) {
      wanted = components;
    }
    given = Notation.like(wanted, given);
    if (Assignments.isEquation(given) && !Assignments.isEquation(wanted)) {
      given = ((Expr.Chain) given).last();
    } else if (Assignments.isAssignment(wanted) && !Assignments.isEquation(given)) {
      wanted = ((Expr.Chain) wanted).last();
    }
    if (wanted.equals(given)) {
      return true;
    }
    if (wanted instanceof Expr.Text || given instanceof Expr.Text) {
      return texts(wanted, given);
    }
    if (wanted instanceof Expr.Chain goldChain && given instanceof Expr.Chain answerChain) {
      return relations.equal(goldChain, answerChain);
    }
    if (wanted instanceof Expr.Chain || given instanceof Expr.Chain) {
      return relationAndSet(wanted, given);
    }
    if (Exprs.isCollection(wanted) || Exprs.isCollection(given)) {
      return collections(wanted, given);
    }
    if (Matrices.isMatrix(wanted) || Matrices.isMatrix(given)) {
      return matrices(Matrices.of(wanted), Matrices.of(given));
    }
    if (isInBase(wanted) || isInBase(given)) {
      // The gold's base may be left out; a base that the gold does not have is another number.
      boolean sameBase = isInBase(wanted) && (!isInBase(given) || base(wanted).equals(base(given)));
      return sameBase && digits(wanted).equals(digits(given));
    }
    if (wanted instanceof Expr.Num whole && Exact.isWhole(whole.value()) && isRatio(given)) {
      return false;
    }
    if (wanted instanceof Expr.Call ratio && ratio.op() == Op.RATIO && ratio.args().size() > 2) {
      return given instanceof Expr.Call other && other.op() == Op.RATIO && ratios(ratio, other);
    }
    return values.equal(wanted, given);
  }

  private static boolean isRatio(Expr expr) {
    return expr instanceof Expr.Call call && call.op() == Op.RATIO;
  }

  private static boolean isInBase(Expr expr) {
    return expr instanceof Expr.Call call && call.op() == Op.BASE;
  }

  private static Expr base(Expr number) {
    return ((Expr.Call) number).arg(1);
  }

  /** The digits of a number in a base: which base a question asks for, it says itself. */
  private static Expr digits(Expr expr) {
    if (expr instanceof Expr.Call call && call.op() == Op.BASE) {
      return call.arg(0);
    }
    return expr instanceof Expr.Num num && Exact.isWhole(num.value())
        ? new Expr.Name(num.value().getNumerator().toString())
        : expr;
  }

  /** {@code 2 : 4 : 6} is {@code 1 : 2 : 3}. */
  private boolean ratios(Expr.Call gold, Expr.Call answer) {
    if (gold.args().size() != answer.args().size()) {
      return false;
    }
    for (int i = 1; i < gold.args().size(); i++) {
      Expr left = Expr.Call.of(Op.TIMES, gold.arg(i), answer.arg(0));
      Expr right = Expr.Call.of(Op.TIMES, answer.arg(i), gold.arg(0));
      if (!values.equal(left, right)) {
        return false;
      }
    }
    return true;
  }

  private static boolean texts(Expr gold, Expr answer) {
    String wanted = text(gold);
    return !wanted.isEmpty() && wanted.equals(text(answer));
  }

  private static String text(Expr expr) {
    if (expr instanceof Expr.Text text) {
      return text.words();
    }
    return expr instanceof Expr.Name name ? name.name().toLowerCase(Locale.ROOT) : "";
  }

  private boolean relationAndSet(Expr gold, Expr answer) {
    boolean goldIsSet = !(gold instanceof Expr.Chain);
    if (goldIsSet && !rules.inequalityForSet()) {
      return false;
    }
    RealSet wanted = RealSets.of(gold);
    RealSet given = RealSets.of(answer);
    Expr set = goldIsSet ? gold : answer;
    if (!RealSets.isContinuous(set)) {
      return false;
    }
    if (wanted != null && given != null) {
      return sets(wanted, given);
    }
    RealSet solutions = RealSets.of(set);
    return solutions != null
        && new Solutions((Expr.Chain) (goldIsSet ? answer : gold)).are(solutions);
  }

  /** Compares sets of real numbers end by end. */
  boolean sets(RealSet gold, RealSet answer) {
    if (gold.pieces().size() != answer.pieces().size()) {
      return false;
    }
    for (int i = 0; i < gold.pieces().size(); i++) {
      RealSet.Piece wanted = gold.pieces().get(i);
      RealSet.Piece given = answer.pieces().get(i);
      if (!ends(wanted.low(), given.low()) || !ends(wanted.high(), given.high())) {
        return false;
      }
    }
    return true;
  }

  private boolean ends(RealSet.End gold, RealSet.End answer) {
    return gold.closed() == answer.closed()
        && (gold.value() == answer.value() || values.equal(gold.expr(), answer.expr()))
        && (Double.isInfinite(gold.value()) || values.equal(gold.expr(), answer.expr()));
  }

  private boolean matrices(Expr.@Nullable Matrix gold, Expr.@Nullable Matrix answer) {
    if (gold == null || answer == null || gold.rows().size() != answer.rows().size()) {
      return false;
    }
    for (int i = 0; i < gold.rows().size(); i++) {
      if (!inOrder(gold.rows().get(i), answer.rows().get(i))) {
        return false;
      }
    }
    return true;
  }

  private boolean inOrder(List<Expr> gold, List<Expr> answer) {
    if (gold.size() != answer.size()) {
      return false;
    }
    for (int i = 0; i < gold.size(); i++) {
      if (!equal(gold.get(i), answer.get(i))) {
        return false;
      }
    }
    return true;
  }

  private boolean collections(Expr gold, Expr answer) {
    Expr.Group wanted = group(gold);
    Expr.Group given = group(answer);
    if (wanted != null && given != null && items(wanted, given)) {
      return true;
    }
    if (given != null && given.shape() == Expr.Shape.LIST && !Exprs.isCollection(gold)) {
      // One value written in several ways; "5,5" is rather a decimal.
      return given.items().stream().allMatch(item -> equal(gold, item));
    }
    // Two brackets that differ only in kind are an interval and something else.
    boolean goldInterval = RealSets.isContinuous(gold);
    boolean answerInterval = RealSets.isContinuous(answer);
    if (wanted != null && given != null && goldInterval && answerInterval) {
      if (plainBrackets(wanted) && plainBrackets(given)) {
        return false;
      }
    }
    if (goldInterval || answerInterval) {
      RealSet goldSet = RealSets.of(gold);
      RealSet answerSet = goldSet == null ? null : RealSets.of(answer);
      if (goldSet != null && answerSet != null) {
        return sets(goldSet, answerSet);
      }
    }
    return operations(gold, answer);
  }

  private static boolean plainBrackets(Expr.Group group) {
    return group.shape() != Expr.Shape.LIST && group.shape() != Expr.Shape.SET;
  }

  private static Expr.@Nullable Group group(Expr expr) {
    if (expr instanceof Expr.Group group) {
      return group;
    }
    return Exprs.isCollection(expr) ? null : new Expr.Group(Expr.Shape.SET, List.of(expr));
  }

  private boolean items(Expr.Group gold, Expr.Group answer) {
    if (answer.shape() == Expr.Shape.SET && gold.items().size() < answer.items().size()) {
      return answer.items().size() <= MAX_UNORDERED
          && distinct(answer.items()).size() < answer.items().size()
          && items(gold, new Expr.Group(Expr.Shape.SET, distinct(answer.items())));
    }
    if (gold.items().size() != answer.items().size()) {
      return Families.sameEllipsis(gold.items(), answer.items(), this);
    }
    boolean free = gold.shape() == Expr.Shape.LIST || gold.shape() == Expr.Shape.SET;
    if (!free && !sameBrackets(gold, answer)) {
      return false;
    }
    if (free && answer.items().size() == 2 && isIntervalOnly(answer)) {
      return false;
    }
    boolean ordered =
        !free
            || gold.items().size() > MAX_UNORDERED
            || (rules.orderedLists() && gold.shape() == Expr.Shape.LIST);
    return inOrder(gold.items(), answer.items())
        || (!ordered && inAnyOrder(gold.items(), answer.items()));
  }

  private List<Expr> distinct(List<Expr> items) {
    List<Expr> distinct = new ArrayList<>();
    for (Expr item : items) {
      if (distinct.stream().noneMatch(known -> equal(known, item))) {
        distinct.add(item);
      }
    }
    return List.copyOf(distinct);
  }

  private static boolean isIntervalOnly(Expr.Group group) {
    return switch (group.shape()) {
      case BRACKETS, LEFT_OPEN, RIGHT_OPEN -> true;
      case LIST, SET, PARENTHESES -> false;
    };
  }

  private static boolean sameBrackets(Expr.Group gold, Expr.Group answer) {
    if (gold.shape() == answer.shape()) {
      return true;
    }
    boolean tuple =
        gold.shape() == Expr.Shape.PARENTHESES
            || (gold.shape() == Expr.Shape.BRACKETS && gold.items().size() > 2);
    boolean interval =
        answer.shape() == Expr.Shape.LEFT_OPEN
            || answer.shape() == Expr.Shape.RIGHT_OPEN
            || (answer.shape() == Expr.Shape.BRACKETS && answer.items().size() == 2);
    return tuple && !interval;
  }

  private boolean inAnyOrder(List<Expr> gold, List<Expr> answer) {
    List<Expr> unused = new ArrayList<>(answer);
    for (Expr wanted : gold) {
      boolean found = false;
      for (int i = 0; i < unused.size() && !found; i++) {
        if (equal(wanted, unused.get(i))) {
          unused.remove(i);
          found = true;
        }
      }
      if (!found) {
        return false;
      }
    }
    return true;
  }

  /** The same operation on equal sets, as where their ends are variables. */
  private boolean operations(Expr gold, Expr answer) {
    if (gold instanceof Expr.Call wanted
        && answer instanceof Expr.Call given
        && wanted.op() == given.op()) {
      return inOrder(wanted.args(), given.args())
          || (wanted.op() != Op.SET_MINUS && inAnyOrder(wanted.args(), given.args()));
    }
    return false;
  }
}
