package org.r1zero.verify.math.expr;

import java.util.List;
import org.apache.commons.math3.fraction.BigFraction;
import org.r1zero.verify.math.equal.Comparison;
import org.r1zero.verify.math.read.AnswerParser;

/** An answer as a tree: what {@link AnswerParser} makes and {@link Comparison} compares. */
public sealed interface Expr {

  /**
   * A number as it was written.
   *
   * @param value its exact value
   * @param decimal whether it was written with a decimal point, so that it may be a rounded one
   */
  record Num(BigFraction value, boolean decimal) implements Expr {
    /** A whole number. */
    public static Num of(int value) {
      return new Num(new BigFraction(value), false);
    }
  }

  /** A variable, such as {@code x}, {@code x_1}, {@code theta}. */
  record Name(String name) implements Expr {}

  /** A constant of mathematics. */
  enum Constant implements Expr {
    PI,
    E,
    /** The imaginary unit. */
    I,
    INFINITY,
    NATURALS,
    INTEGERS,
    RATIONALS,
    REALS,
    COMPLEXES
  }

  /** An operation on its arguments. */
  record Call(Op op, List<Expr> args) implements Expr {
    /** An operation on some arguments. */
    public static Call of(Op op, Expr... args) {
      return new Call(op, List.of(args));
    }

    /** An argument by its place, from 0. */
    public Expr arg(int index) {
      return args.get(index);
    }
  }

  /** A function without a known meaning, such as {@code f(x)}. */
  record Apply(String function, List<Expr> args) implements Expr {}

  /** Several values in one pair of brackets, or in none. */
  record Group(Shape shape, List<Expr> items) implements Expr {}

  /** A matrix or vector; all rows have the same length. */
  record Matrix(List<List<Expr>> rows) implements Expr {}

  /**
   * A chain of relations, such as {@code 0 < x <= 1}.
   *
   * @param sides at least two
   * @param relations between the sides: one fewer
   */
  record Chain(List<Expr> sides, List<Relation> relations) implements Expr {
    /** The leftmost member. */
    public Expr first() {
      return sides.get(0);
    }

    /** The rightmost member. */
    public Expr last() {
      return sides.get(sides.size() - 1);
    }

    /** Whether every sign of the chain is this one. */
    public boolean all(Relation relation) {
      return relations.stream().allMatch(r -> r == relation);
    }
  }

  /** Words that are not mathematics, in lower case with single spaces. */
  record Text(String words) implements Expr {}

  /** What stands around the values of a {@link Group}. */
  enum Shape {
    /** Nothing: {@code 1, 2}. */
    LIST,
    /** Braces. */
    SET,
    /** Parentheses: a tuple, or an open interval where there are two values. */
    PARENTHESES,
    /** Square brackets: a closed interval where there are two values, or a list. */
    BRACKETS,
    /** {@code (a, b]}. */
    LEFT_OPEN,
    /** {@code [a, b)}. */
    RIGHT_OPEN
  }

  /** How two sides of a {@link Chain} are related. */
  enum Relation {
    EQUAL,
    NOT_EQUAL,
    LESS,
    LESS_EQUAL,
    GREATER,
    GREATER_EQUAL,
    APPROXIMATELY,
    IN,
    NOT_IN,
    CONGRUENT,
    SUBSET;

    /** The relation with its sides exchanged. */
    public Relation flipped() {
      return switch (this) {
        case LESS -> GREATER;
        case LESS_EQUAL -> GREATER_EQUAL;
        case GREATER -> LESS;
        case GREATER_EQUAL -> LESS_EQUAL;
        default -> this;
      };
    }

    /** Whether it is one of {@code <}, {@code >}, {@code <=}, {@code >=}. */
    public boolean inequality() {
      return this == LESS || this == LESS_EQUAL || this == GREATER || this == GREATER_EQUAL;
    }
  }
}
