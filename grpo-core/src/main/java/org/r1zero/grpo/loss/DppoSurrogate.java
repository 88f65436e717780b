package org.r1zero.grpo.loss;

import org.r1zero.grpo.faults.Faults;

/**
 * {@code -sg(m * min(w, clip_ratio_c)) * A * current}: no ratio is clipped; the mask {@code m}
 * leaves out a token whose probability has already moved, where the advantage wants it, by more
 * than a threshold:
 *
 * <pre>
 * m = 0 where A > 0, p > q and D(q, p) > epsilon_high
 * m = 0 where A <= 0, p < q and D(q, p) > epsilon
 * m = 1 else             p = exp(current), q = exp(old)
 * </pre>
 *
 * <p>DPPO, Rethinking the Trust Region in LLM Reinforcement Learning (arXiv:2602.04879), equations
 * 11 and 12, with its binary divergences (13 and 14): the vocabulary is the token and the rest. As
 * in TRL's {@code DPPOTrainer} the weight is held. The paper measures from the policy that sampled,
 * so the old log-probs have to be the sampler's.
 *
 * @param epsilon the largest divergence of tokens that a negative advantage has made less likely
 * @param epsilonHigh the same of tokens that a positive one has made likelier
 * @param divergence what is measured
 * @param clipRatioC the largest weight
 */
public record DppoSurrogate(
    double epsilon, double epsilonHigh, Divergence divergence, double clipRatioC)
    implements Surrogate {

  /** TRL's {@code divergence_type}, of those that need no more than the token's probability. */
  public enum Divergence {
    /** Total variation: {@code |p - q|}; the paper's threshold is 0.15. */
    BINARY_TV,
    /**
     * KL divergence: {@code q log(q / p) + (1 - q) log((1 - q) / (1 - p))}; the paper's threshold
     * is 0.05.
     */
    BINARY_KL;

    /** Beyond it the rest has no probability, as in TRL. */
    private static final double MOST = 1 - 1e-7;

    /** The divergence of the policy from the old one, by the log-probs of one token. */
    double of(double current, double old) {
      if (this == BINARY_TV) {
        return Math.abs(Math.exp(current) - Math.exp(old));
      }
      double q = Math.min(Math.exp(old), MOST);
      double p = Math.min(Math.exp(current), MOST);
      return Math.exp(old) * (old - current)
          + (1 - Math.exp(old)) * (Math.log1p(-q) - Math.log1p(-p));
    }
  }

  /** Checks the ranges; all faults are named at once. */
  public DppoSurrogate {
    Faults faults = new Faults();
    faults.require(
        epsilon > 0, "epsilon", "must be > 0, was " + epsilon + " (DPPO uses 0.15 with binary_tv)");
    faults.require(
        epsilonHigh > 0,
        "epsilon_high",
        "must be > 0, was " + epsilonHigh + " (DPPO uses 0.15 with binary_tv)");
    faults.require(
        clipRatioC > 0, "clip_ratio_c", "must be > 0, was " + clipRatioC + " (TRL uses 20)");
    faults.check();
  }

  @Override
  public TokenTerm[] terms(CompletionRatios completion) {
    return TokenTerm.each(
        completion,
        t -> {
          double current = completion.current()[t];
          double advantage = completion.advantage(t);
          double moved = completion.logRatios()[t];
          double far = divergence.of(current, current - moved);
          boolean high = advantage > 0 && moved > 0 && far > epsilonHigh;
          boolean low = advantage <= 0 && moved < 0 && far > epsilon;
          double held = high || low ? 0 : Math.min(completion.weight(t), clipRatioC) * advantage;
          return new TokenTerm(-held * current, 0, -held, low, high);
        });
  }

  @Override
  public void measure(
      CompletionRatios completion, TokenTerm[] terms, boolean perSequence, LossMetrics metrics) {
    double low = 0;
    double high = 0;
    for (int t = 0; t < terms.length; t++) {
      low += terms[t].clippedLow() && completion.advantage(t) < 0 ? 1 : 0;
      high += terms[t].clippedHigh() ? 1 : 0;
      metrics.mean(
          "prob_diff/mean",
          Divergence.BINARY_TV.of(
              completion.current()[t], completion.current()[t] - completion.logRatios()[t]),
          1);
    }
    metrics.mean("mask_ratio/negative_adv_mean", low, terms.length);
    metrics.mean("mask_ratio/positive_adv_mean", high, terms.length);
    metrics.mean("mask_ratio/overall_mean", low + high, terms.length);
  }
}
