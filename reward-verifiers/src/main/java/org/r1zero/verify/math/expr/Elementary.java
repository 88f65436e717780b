package org.r1zero.verify.math.expr;

import java.util.List;
import org.apache.commons.math3.complex.Complex;

/** The elementary functions of complex numbers. */
public final class Elementary {

  private Elementary() {}

  static Complex of(Op op, List<Complex> args) {
    Complex x = args.get(0);
    if (op == Op.LOG) {
      Complex log = log(x);
      return args.size() == 2 ? log.divide(log(args.get(1))) : log;
    }
    return switch (op) {
      case SIN -> x.sin();
      case COS -> x.cos();
      case TAN -> x.sin().divide(x.cos());
      case COT -> x.cos().divide(x.sin());
      case SEC -> x.cos().reciprocal();
      case CSC -> x.sin().reciprocal();
      case ARCSIN -> real(x, -1, 1) ? new Complex(Math.asin(x.getReal())) : x.asin();
      case ARCCOS -> real(x, -1, 1) ? new Complex(Math.acos(x.getReal())) : x.acos();
      case ARCTAN -> arctan(x);
      case ARCCOT -> arctan(x.reciprocal());
      case ARCSEC -> of(Op.ARCCOS, List.of(x.reciprocal()));
      case ARCCSC -> of(Op.ARCSIN, List.of(x.reciprocal()));
      case SINH -> x.sinh();
      case COSH -> x.cosh();
      case TANH -> x.sinh().divide(x.cosh());
      case COTH -> x.cosh().divide(x.sinh());
      case SECH -> x.cosh().reciprocal();
      case CSCH -> x.sinh().reciprocal();
      case ARCSINH -> log(x.add(x.multiply(x).add(1).sqrt()));
      case ARCCOSH -> log(x.add(x.add(1).sqrt().multiply(x.subtract(1).sqrt())));
      case ARCTANH -> log(x.add(1)).subtract(log(Complex.ONE.subtract(x))).divide(2);
      case EXP -> x.exp();
      default -> Complex.NaN;
    };
  }

  private static boolean real(Complex x, double min, double max) {
    return x.getImaginary() == 0 && x.getReal() >= min && x.getReal() <= max;
  }

  private static Complex arctan(Complex x) {
    return x.getImaginary() == 0 ? new Complex(Math.atan(x.getReal())) : x.atan();
  }

  private static Complex log(Complex x) {
    return x.equals(Complex.ZERO) ? Complex.NaN : x.log();
  }
}
