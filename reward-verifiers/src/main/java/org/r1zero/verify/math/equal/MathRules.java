package org.r1zero.verify.math.equal;

import java.time.Duration;

/**
 * When an answer counts as right, and how long it may take to find out.
 *
 * <p>Two exact values ({@code 1/3}, {@code \sqrt{2}}) have to be equal exactly. Where one of them
 * is written as a decimal, both are rounded to {@code decimals} places and compared: {@code
 * 0.333333} equals {@code 1/3} with the default of 6, {@code 0.333} does not.
 *
 * @param decimals decimal places to which a decimal and what it is compared with are rounded
 * @param relativeTolerance above 0: numbers that differ by at most this share of the gold are equal
 *     too, exact ones included
 * @param percent what a percent sign means that only one of the two has
 * @param strictNames whether variables have to be the same; otherwise they are matched by position
 * @param orderedLists whether {@code 1, 2} differs from {@code 2, 1}
 * @param inequalityForSet whether {@code -2 < x < 7} answers the gold {@code (-2, 7)}; the other
 *     way round it always does
 * @param symbolic whether Symja is asked where nothing cheaper decides
 * @param timeLimit for one question to Symja
 * @param evaluated whether an answer has to be worked out: neither copied from the question nor a
 *     calculation that is still to be done
 * @param acceptTruncated whether a completion that the token limit cut off can be right
 */
public record MathRules(
    int decimals,
    double relativeTolerance,
    PercentRule percent,
    boolean strictNames,
    boolean orderedLists,
    boolean inequalityForSet,
    boolean symbolic,
    Duration timeLimit,
    boolean evaluated,
    boolean acceptTruncated) {

  /** What holds where a recipe says nothing. */
  public static final MathRules DEFAULT =
      new MathRules(
          6, 0, PercentRule.EITHER, true, false, true, true, Duration.ofSeconds(3), true, false);
}
