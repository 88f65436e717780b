package org.r1zero.grpo.loss;

import org.r1zero.grpo.faults.Faults;

/**
 * {@code -4 / tau * sigmoid(tau * (w - 1)) * A}: a gate that closes smoothly where clipping cuts
 * off. Its slope by {@code w} is {@code A} at {@code w = 1}, whatever {@code tau} is.
 *
 * <p>SAPO (arXiv:2511.20347), equations 5 and 6.
 *
 * @param temperaturePos {@code tau} of tokens with a positive advantage
 * @param temperatureNeg {@code tau} of the others; higher closes sooner
 */
public record SapoSurrogate(double temperaturePos, double temperatureNeg) implements Surrogate {

  /** Checks the ranges; all faults are named at once. */
  public SapoSurrogate {
    Faults faults = new Faults();
    faults.require(
        temperaturePos > 0,
        "temperature_pos",
        "must be > 0, was " + temperaturePos + " (the paper uses 1)");
    faults.require(
        temperatureNeg > 0,
        "temperature_neg",
        "must be > 0, was " + temperatureNeg + " (the paper uses 1.05)");
    faults.check();
  }

  @Override
  public TokenTerm[] terms(CompletionRatios completion) {
    return TokenTerm.each(
        completion,
        t -> {
          double advantage = completion.advantage(t);
          double tau = advantage > 0 ? temperaturePos : temperatureNeg;
          double weight = completion.weight(t);
          double gate = 1 / (1 + Math.exp(-tau * (weight - 1)));
          double slope = 4 * gate * (1 - gate); // by the weight
          return TokenTerm.ofWeight(-4 / tau * gate * advantage, -slope * weight * advantage);
        });
  }

  /** Nothing is clipped, so there is nothing to count. */
  @Override
  public void measure(
      CompletionRatios completion, TokenTerm[] terms, boolean perSequence, LossMetrics metrics) {}
}
