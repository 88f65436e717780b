package org.r1zero.grpo.loss;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.faults.Faults;

/**
 * {@code -min(min(w, delta) * A, clip(w, 1 - epsilon, 1 + epsilon_high) * A)}.
 *
 * <p>PPO (arXiv:1707.06347), equation 7; DeepSeekMath (arXiv:2402.03300), equation 3. A higher
 * {@code epsilonHigh} is DAPO's clip-higher (arXiv:2503.14476), section 3.1. {@code delta} bounds
 * the loss of unlikely tokens with a negative advantage: two-sided clipping, INTELLECT-2
 * (arXiv:2505.07291); dual-clip PPO (arXiv:1912.09729), equation 5.
 *
 * @param epsilon how far the ratio may fall below 1 before the gradient stops
 * @param epsilonHigh how far it may rise above 1
 * @param delta the largest ratio at all, for either sign of the advantage; {@code null} for none
 */
public record ClippedSurrogate(double epsilon, double epsilonHigh, @Nullable Double delta)
    implements Surrogate {

  /** Checks the ranges; all faults are named at once. */
  public ClippedSurrogate {
    Faults faults = new Faults();
    faults.require(
        epsilon > 0 && epsilon <= 1,
        "epsilon",
        "must be in (0, 1], was " + epsilon + " (PPO and GRPO use 0.2)");
    faults.require(
        epsilonHigh > 0, "epsilon_high", "must be > 0, was " + epsilonHigh + " (DAPO uses 0.28)");
    faults.require(
        delta == null || delta > 0,
        "delta",
        "must be > 0, was " + delta + " (above 1 + epsilon_high; INTELLECT-2 uses 4)");
    faults.check();
  }

  @Override
  public TokenTerm[] terms(CompletionRatios completion) {
    return TokenTerm.each(completion, t -> term(completion.weight(t), completion.advantage(t)));
  }

  private TokenTerm term(double weight, double advantage) {
    double low = 1 - epsilon;
    double high = 1 + epsilonHigh;
    double cap = delta == null ? Double.POSITIVE_INFINITY : delta;
    boolean capped = weight > cap;
    double first = capped ? cap : weight;
    double second = Math.min(Math.max(weight, low), high);
    double slopeOfFirst = capped ? 0 : weight;
    double slopeOfSecond = weight < low || weight > high ? 0 : weight;
    // where both are equal torch.min hands half of the gradient to each
    double share =
        first * advantage < second * advantage
            ? 1
            : first * advantage > second * advantage ? 0 : 0.5;
    return new TokenTerm(
        -Math.min(first * advantage, second * advantage),
        -(share * slopeOfFirst + (1 - share) * slopeOfSecond) * advantage,
        0,
        first < low && advantage < 0,
        first > high && advantage > 0);
  }

  @Override
  public void measure(
      CompletionRatios completion, TokenTerm[] terms, boolean perSequence, LossMetrics metrics) {
    double count = perSequence ? 1 : terms.length;
    // tokens that share a weight count as one
    double low = Arrays.stream(terms).filter(TokenTerm::clippedLow).count() * count / terms.length;
    double high =
        Arrays.stream(terms).filter(TokenTerm::clippedHigh).count() * count / terms.length;
    metrics.mean("clip_ratio/low_mean", low, count);
    metrics.mean("clip_ratio/high_mean", high, count);
    metrics.mean("clip_ratio/region_mean", low + high, count);
    metrics.min("clip_ratio/low_min", low / count);
    metrics.max("clip_ratio/high_max", high / count);
  }
}
