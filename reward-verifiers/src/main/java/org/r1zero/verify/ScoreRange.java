package org.r1zero.verify;

/**
 * The scores that a verifier may give, both ends included.
 *
 * @param min the lowest score
 * @param max the highest score
 */
public record ScoreRange(double min, double max) {

  /** From 0 (wrong) to 1 (right). */
  public static final ScoreRange UNIT = new ScoreRange(0, 1);

  /** Checks that the ends are finite and in order. */
  public ScoreRange {
    if (!Double.isFinite(min) || !Double.isFinite(max) || min > max) {
      throw new IllegalArgumentException(
          "a score range needs finite ends, min <= max; was [" + min + ", " + max + "]");
    }
  }

  /** Whether {@code score} lies in this range. */
  public boolean contains(double score) {
    return score >= min && score <= max;
  }

  /** The score of this range that is nearest to a number. */
  public double nearest(double number) {
    return Math.max(min, Math.min(max, number));
  }

  /** As it is written in messages: {@code [min, max]}. */
  public String interval() {
    return "[" + min + ", " + max + "]";
  }
}
