package org.r1zero.verify.math.expr;

import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;

/**
 * A quotient of two {@link Polynomial}s: the exact form of rational functions, roots and products
 * of powers, by which most equal answers are proved equal.
 */
public record Form(Polynomial top, Polynomial bottom) {

  static Form of(Polynomial polynomial) {
    return new Form(polynomial, Polynomial.ONE);
  }

  /**
   * The sum of two forms.
   *
   * @throws Polynomial.TooLarge if it has too many terms
   */
  public Form plus(Form other) throws Polynomial.TooLarge {
    if (bottom.equals(other.bottom)) {
      return new Form(top.plus(other.top), bottom);
    }
    return new Form(
        top.times(other.bottom).plus(other.top.times(bottom)), bottom.times(other.bottom));
  }

  Form times(Form other) throws Polynomial.TooLarge {
    return new Form(top.times(other.top), bottom.times(other.bottom));
  }

  /** The form with the other sign. */
  public Form negated() {
    return new Form(top.scaled(BigFraction.MINUS_ONE), bottom);
  }

  /** One over this; {@code null} for zero. */
  @Nullable Form inverted() {
    return top.isZero() ? null : new Form(/* top= */ bottom, /* bottom= */ top);
  }

  /** Whether both are the same function. */
  public boolean sameAs(Form other) throws Polynomial.TooLarge {
    return top.times(other.bottom)
        .plus(other.top.times(bottom).scaled(BigFraction.MINUS_ONE))
        .isZero();
  }

  /**
   * The constant {@code c} with {@code this = c * other}; {@code null} where there is none or it is
   * zero.
   */
  public @Nullable BigFraction ratioTo(Form other) throws Polynomial.TooLarge {
    Polynomial left = top.times(other.bottom);
    Polynomial right = other.top.times(bottom);
    return left.ratioTo(right);
  }

  /** A text that equal forms share in most cases, and different forms never. */
  String key() {
    BigFraction lead = bottom.leading();
    BigFraction scale = lead == null ? BigFraction.ONE : BigFraction.ONE.divide(lead);
    return top.scaled(scale).key() + "/" + bottom.scaled(scale).key();
  }
}
