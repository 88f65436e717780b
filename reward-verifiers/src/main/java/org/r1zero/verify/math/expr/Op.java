package org.r1zero.verify.math.expr;

/** The operations of {@link Expr.Call}, with Symja's name for each. */
public enum Op {
  PLUS("Plus"),
  TIMES("Times"),
  DIVIDE("Divide"),
  POWER("Power"),
  NEGATE("Minus"),
  /** {@code a ± b}: both values; one argument where nothing stands before the sign. */
  PLUS_MINUS(""),
  /** {@code a ∓ b}: the signs of {@link #PLUS_MINUS} the other way round. */
  MINUS_PLUS(""),
  PERCENT(""),
  /** {@code a : b}, two or more arguments. */
  RATIO(""),
  /** Digits and a base: {@code 204_5}. */
  BASE(""),
  /** Radicand and index. */
  ROOT(""),
  ABS("Abs"),
  FACTORIAL("Factorial"),
  FLOOR("Floor"),
  CEILING("Ceiling"),
  BINOMIAL("Binomial"),
  GCD("GCD"),
  LCM("LCM"),
  MAX("Max"),
  MIN("Min"),
  MOD("Mod"),
  SIN("Sin"),
  COS("Cos"),
  TAN("Tan"),
  COT("Cot"),
  SEC("Sec"),
  CSC("Csc"),
  ARCSIN("ArcSin"),
  ARCCOS("ArcCos"),
  ARCTAN("ArcTan"),
  ARCCOT("ArcCot"),
  ARCSEC("ArcSec"),
  ARCCSC("ArcCsc"),
  SINH("Sinh"),
  COSH("Cosh"),
  TANH("Tanh"),
  COTH("Coth"),
  SECH("Sech"),
  CSCH("Csch"),
  ARCSINH("ArcSinh"),
  ARCCOSH("ArcCosh"),
  ARCTANH("ArcTanh"),
  /** The natural logarithm, or with a second argument the logarithm to that base. */
  LOG("Log"),
  EXP("Exp"),
  REAL_PART("Re"),
  IMAGINARY_PART("Im"),
  ARGUMENT("Arg"),
  CONJUGATE("Conjugate"),
  DETERMINANT("Det"),
  TRANSPOSE("Transpose"),
  TRACE("Tr"),
  UNION(""),
  INTERSECTION(""),
  SET_MINUS(""),
  /** Condition that a set's members fulfil. */
  SET_BUILDER(""),
  /** Summand, index, from, to. */
  SUM("Sum"),
  /** Factor, index, from, to. */
  PRODUCT("Product"),
  /** Integrand and variable, and for a definite one its two ends. */
  INTEGRAL("Integrate"),
  /** Function and variable. */
  DERIVATIVE("D"),
  /** Function, variable, point, and -1, 0 or 1 for the side. */
  LIMIT("Limit");

  private final String symja;

  Op(String symja) {
    this.symja = symja;
  }

  /** The function's name in Symja; empty where it has none and has to be written otherwise. */
  public String symja() {
    return symja;
  }

  /** Whether it takes one number to one number. */
  public boolean elementary() {
    return compareTo(SIN) >= 0 && compareTo(EXP) <= 0;
  }
}
