package org.r1zero.grpo.loss;

import org.r1zero.grpo.faults.Faults;

/**
 * {@code -sg(phi(W)) * A * current} with {@code phi(W) = W^k * exp(lambda * (1 - W))}, where {@code
 * W} is the importance weight of the whole completion: completions that became much likelier or
 * much unlikelier fade out.
 *
 * <p>VESPO (arXiv:2602.10693), as TRL has it: log-ratios of tokens are bounded by ±20 before they
 * are added up, {@code log W} by log(1e-8) and 20. Corrections for the sampler are part of {@code
 * W}.
 *
 * @param kPos {@code k} where the advantage is not negative
 * @param lambdaPos {@code lambda} there
 * @param kNeg {@code k} where it is negative
 * @param lambdaNeg {@code lambda} there
 */
public record VespoSurrogate(double kPos, double lambdaPos, double kNeg, double lambdaNeg)
    implements Surrogate {
  private static final double LOWEST_LOG = Math.log(1e-8);
  private static final double HIGHEST_LOG = 20;
  private static final double LEAST_LAMBDA = 1e-4;

  /** Checks the ranges; all faults are named at once. */
  public VespoSurrogate {
    Faults faults = new Faults();
    notNegative(faults, "k_pos", kPos, 2);
    notNegative(faults, "lambda_pos", lambdaPos, 3);
    notNegative(faults, "k_neg", kNeg, 3);
    notNegative(faults, "lambda_neg", lambdaNeg, 2);
    faults.check();
  }

  private static void notNegative(Faults faults, String key, double value, int usual) {
    faults.require(
        value >= 0 && Double.isFinite(value),
        key,
        "must be >= 0, was " + value + " (the paper uses " + usual + ")");
  }

  @Override
  public boolean weighsCompletions() {
    return true;
  }

  @Override
  public TokenTerm[] terms(CompletionRatios completion) {
    double up = phi(completion, true);
    double down = phi(completion, false);
    return TokenTerm.each(
        completion,
        t -> {
          double advantage = completion.advantage(t);
          double held = (advantage >= 0 ? up : down) * advantage;
          return new TokenTerm(-held * completion.current()[t], 0, -held, false, false);
        });
  }

  private double phi(CompletionRatios completion, boolean positive) {
    double log = 0;
    for (int t = 0; t < completion.length(); t++) {
      log += Math.max(-20, Math.min(20, completion.logRatios()[t]));
      if (completion.corrections() != null) {
        log += between(Math.log(completion.corrections()[t]));
      }
    }
    log = between(log);
    double lambda = Math.max(LEAST_LAMBDA, positive ? lambdaPos : lambdaNeg);
    return Math.exp(lambda + (positive ? kPos : kNeg) * log - lambda * Math.exp(log));
  }

  private static double between(double log) {
    return Math.max(LOWEST_LOG, Math.min(HIGHEST_LOG, log));
  }

  @Override
  public void measure(
      CompletionRatios completion, TokenTerm[] terms, boolean perSequence, LossMetrics metrics) {
    metrics.mean("vespo/phi_seq_mean", phi(completion, completion.advantage(0) >= 0), 1);
  }
}
