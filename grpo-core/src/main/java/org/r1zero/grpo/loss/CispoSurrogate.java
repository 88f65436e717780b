package org.r1zero.grpo.loss;

import java.util.Arrays;

/**
 * {@code -sg(min(w, epsilon_high)) * A * current}: the importance weight is clipped and held, so
 * every token keeps a gradient.
 *
 * <p>CISPO, MiniMax-M1 (arXiv:2506.13585), equations 4 and 5. As in TRL and ScaleRL
 * (arXiv:2510.13786) {@code epsilonHigh} is the largest weight itself, not its distance from 1, and
 * there is no lower bound.
 *
 * @param epsilonHigh the largest importance weight; ScaleRL uses 5
 */
public record CispoSurrogate(double epsilonHigh) implements Surrogate {

  /** Checks the range. */
  public CispoSurrogate {
    if (!(epsilonHigh > 0)) {
      throw new IllegalArgumentException(
          "epsilon_high must be > 0, was " + epsilonHigh + " (with cispo, ScaleRL uses 5)");
    }
  }

  @Override
  public TokenTerm[] terms(CompletionRatios completion) {
    return TokenTerm.each(
        completion,
        t -> {
          double advantage = completion.advantage(t);
          double held = Math.min(completion.weight(t), epsilonHigh) * advantage;
          return new TokenTerm(
              -held * completion.current()[t],
              0,
              -held,
              false,
              completion.weight(t) > epsilonHigh && advantage > 0);
        });
  }

  @Override
  public void measure(
      CompletionRatios completion, TokenTerm[] terms, boolean perSequence, LossMetrics metrics) {
    double count = perSequence ? 1 : terms.length; // tokens that share a weight count as one
    double clipped = Arrays.stream(terms).filter(TokenTerm::clippedHigh).count();
    metrics.mean("cispo_clip_ratio", clipped * count / terms.length, count);
  }
}
