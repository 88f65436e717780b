package org.r1zero.verify.math;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.math.expr.Assignments;
import org.r1zero.verify.math.expr.Exact;
import org.r1zero.verify.math.expr.Expr;
import org.r1zero.verify.math.expr.Exprs;
import org.r1zero.verify.math.expr.Matrices;
import org.r1zero.verify.math.expr.Notation;
import org.r1zero.verify.math.expr.Op;

/**
 * Whether an answer that equals the gold was worked out: not copied from the question, and not a
 * calculation that is still to be done.
 */
final class Evaluation {

  /** What asks for a calculation whatever it is applied to. */
  private static final Set<Op> CALCULUS =
      EnumSet.of(Op.SUM, Op.PRODUCT, Op.INTEGRAL, Op.DERIVATIVE, Op.LIMIT);

  /** What asks for a calculation where it is applied to plain numbers. */
  private static final Set<Op> COMBINATORICS =
      EnumSet.of(Op.BINOMIAL, Op.FACTORIAL, Op.GCD, Op.LCM, Op.MOD, Op.MAX, Op.MIN);

  private final Expr gold;
  private final Question question;

  Evaluation(Expr gold, Question question) {
    this.gold = value(gold, gold);
    this.question = question;
  }

  /** Why an answer that equals the gold does not count; {@code null} where it does. */
  @Nullable String fault(Expr read, String text) {
    Expr plain = Notation.counted(value(read, gold), gold);
    boolean vector = Notation.components(gold, plain) != null;
    Expr answer = vector ? plain : Notation.like(gold, plain);
    if (key(answer).equals(key(gold))) {
      return null;
    }
    if (isOpen(answer)) {
      return "still to be computed";
    }
    return question.has(answer, text) ? "copied from the question" : null;
  }

  /** What is left of an answer without its name: of {@code x = 2 + 1 = 3} the 3. */
  private static Expr value(Expr expr, Expr beside) {
    Expr plain = Assignments.shortened(Exprs.bothSigns(expr));
    if (plain instanceof Expr.Group list
        && list.shape() == Expr.Shape.LIST
        && !Exprs.isCollection(beside)) {
      // One value in several writings, as the lines of a calculation.
      return value(list.items().get(list.items().size() - 1), beside);
    }
    boolean named =
        Assignments.isAssignment(plain)
            || (Assignments.isEquation(plain) && !Assignments.isEquation(beside));
    return named ? ((Expr.Chain) plain).last() : plain;
  }

  private boolean isOpen(Expr answer) {
    Set<Op> open = EnumSet.copyOf(CALCULUS);
    open.removeIf(op -> Exprs.contains(gold, op) || !Exprs.contains(answer, op));
    if (!open.isEmpty()) {
      return true;
    }
    boolean plain =
        values(gold).stream().allMatch(value -> value instanceof Expr.Name || isNumeral(value));
    if (plain) {
      return values(answer).stream().anyMatch(Evaluation::isCalculation);
    }
    return !isTask(gold) && isTask(answer);
  }

  /** Whether an operation on plain numbers is still to be done in it. */
  private static boolean isCalculation(Expr expr) {
    if (!(expr instanceof Expr.Call call)
        || isNumeral(expr)
        || isImaginary(call)
        || isComplex(call)) {
      return false;
    }
    boolean single = COMBINATORICS.contains(call.op()) && call.args().size() == 1;
    boolean bound = !Exprs.names(call).isEmpty() || hasWords(call);
    return (!bound && !(single && call.op() != Op.FACTORIAL))
        || call.args().stream().anyMatch(Evaluation::isCalculation);
  }

  /** {@code 5 + 0i}. */
  private static boolean isComplex(Expr.Call call) {
    return call.op() == Op.PLUS
        && call.args().stream().anyMatch(Evaluation::isImaginary)
        && call.args().stream().allMatch(arg -> isNumeral(arg) || isImaginary(arg));
  }

  private static boolean isImaginary(Expr expr) {
    return expr == Expr.Constant.I
        || (expr instanceof Expr.Call call
            && (call.op() == Op.TIMES || call.op() == Op.NEGATE)
            && call.args().contains(Expr.Constant.I)
            && call.args().stream().allMatch(arg -> arg == Expr.Constant.I || isNumeral(arg)));
  }

  private static boolean hasWords(Expr expr) {
    return expr instanceof Expr.Text
        || expr instanceof Expr.Apply
        || expr instanceof Expr.Group
        || Exprs.parts(expr).stream().anyMatch(Evaluation::hasWords);
  }

  /** Whether a part of it asks to choose, permute or divide plain numbers. */
  private static boolean isTask(Expr expr) {
    boolean task =
        expr instanceof Expr.Call call
            && COMBINATORICS.contains(call.op())
            && Exprs.names(call).isEmpty();
    return task || Exprs.parts(expr).stream().anyMatch(Evaluation::isTask);
  }

  /** The single values of lists, intervals, inequalities and matrices. */
  private static List<Expr> values(Expr expr) {
    boolean single =
        !(expr instanceof Expr.Group || expr instanceof Expr.Matrix || expr instanceof Expr.Chain)
            && !Exprs.isCollection(expr)
            && !Matrices.isMatrix(expr);
    if (single) {
      return List.of(expr);
    }
    List<Expr> values = new ArrayList<>();
    Exprs.parts(expr).forEach(part -> values.addAll(values(part)));
    return values;
  }

  /** A number as it is written when nothing is left to do. */
  private static boolean isNumeral(Expr expr) {
    if (!(expr instanceof Expr.Call call)) {
      return expr instanceof Expr.Num || expr == Expr.Constant.INFINITY;
    }
    return switch (call.op()) {
      case NEGATE, PERCENT, DIVIDE, RATIO -> call.args().stream().allMatch(Evaluation::isNumeral);
      case BASE -> true;
      case POWER -> isPowerOfTen(call);
      case TIMES -> call.arg(0) instanceof Expr.Num && isPowerOfTen(call.arg(1));
      default -> false;
    };
  }

  static boolean isPowerOfTen(Expr expr) {
    return expr instanceof Expr.Call call
        && call.op() == Op.POWER
        && call.arg(0) instanceof Expr.Num base
        && base.value().equals(new BigFraction(10))
        && isWhole(call.arg(1));
  }

  private static boolean isWhole(Expr expr) {
    return expr instanceof Expr.Num num
        ? Exact.isWhole(num.value())
        : expr instanceof Expr.Call call && call.op() == Op.NEGATE && isWhole(call.arg(0));
  }

  /** A text that two writings of one form share: order, brackets and signs of products aside. */
  static String key(Expr expr) {
    if (expr instanceof Expr.Num num) {
      return num.value().toString();
    }
    if (!(expr instanceof Expr.Call call)) {
      List<String> parts = Exprs.parts(expr).stream().map(Evaluation::key).toList();
      return expr instanceof Expr.Group group
          ? group(group, parts)
          : expr instanceof Expr.Chain chain
              ? chain.relations() + parts.toString()
              : parts.isEmpty() ? expr.toString() : expr.getClass().getSimpleName() + parts;
    }
    if (call.op() == Op.PERCENT) {
      return key(call.arg(0));
    }
    if (call.op() == Op.NEGATE && call.arg(0) instanceof Expr.Num num) {
      return num.value().negate().toString();
    }
    boolean commutes = call.op() == Op.PLUS || call.op() == Op.TIMES;
    return commutes
        ? call.op()
            + terms(call, call.op()).stream()
                .map(Evaluation::key)
                .sorted()
                .collect(Collectors.joining(" ", "(", ")"))
        : call.op() + call.args().stream().map(Evaluation::key).toList().toString();
  }

  private static String group(Expr.Group group, List<String> parts) {
    boolean free = group.shape() == Expr.Shape.LIST || group.shape() == Expr.Shape.SET;
    return free ? parts.stream().sorted().toList().toString() : group.shape() + parts.toString();
  }

  private static List<Expr> terms(Expr expr, Op op) {
    if (!(expr instanceof Expr.Call call) || call.op() != op) {
      return List.of(expr);
    }
    List<Expr> terms = new ArrayList<>();
    call.args().forEach(arg -> terms.addAll(terms(arg, op)));
    return terms;
  }
}
