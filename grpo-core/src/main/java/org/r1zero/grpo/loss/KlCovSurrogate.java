package org.r1zero.grpo.loss;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.r1zero.grpo.faults.Faults;

/**
 * {@code -w * A}, not clipped, and for the tokens of the highest {@link Covariance} a penalty on
 * the way that they have come from the old policy:
 *
 * <pre>
 * -w * A + ppo_kl_coef * |current - old|        for the kl_cov_ratio of all tokens
 * </pre>
 *
 * <p>KL-Cov, The Entropy Mechanism of Reinforcement Learning for Reasoning Language Models
 * (arXiv:2505.22617), as verl has it ({@code loss_mode: kl_cov}). While the policy is the old one
 * the penalty is 0, with its gradient: it acts from the second update of a batch on.
 *
 * @param klCovRatio the share of the tokens computed together that is penalised; at least one
 * @param ppoKlCoef what the penalty is multiplied by
 */
public record KlCovSurrogate(double klCovRatio, double ppoKlCoef) implements Surrogate {

  /** Checks the ranges; all faults are named at once. */
  public KlCovSurrogate {
    Faults faults = new Faults();
    faults.require(
        klCovRatio > 0 && klCovRatio <= 1,
        "kl_cov_ratio",
        "must be in (0, 1], was " + klCovRatio + " (verl uses 0.0002)");
    faults.require(
        ppoKlCoef >= 0 && Double.isFinite(ppoKlCoef),
        "ppo_kl_coef",
        "must be >= 0, was " + ppoKlCoef + " (verl uses 1)");
    faults.check();
  }

  @Override
  public boolean[][] chosen(List<CompletionRatios> completions, long seed) {
    Covariance covariance = new Covariance(completions);
    List<Covariance.Place> places = new ArrayList<>();
    for (int c = 0; c < completions.size(); c++) {
      for (int t = 0; t < completions.get(c).length(); t++) {
        places.add(new Covariance.Place(c, t));
      }
    }
    places.sort(
        Comparator.comparingDouble(
            place -> -covariance.of(completions.get(place.completion()), place.token())));
    int most = Math.min(places.size(), covariance.share(klCovRatio));
    return Covariance.marked(completions, places.subList(0, most));
  }

  @Override
  public TokenTerm[] terms(CompletionRatios completion) {
    return TokenTerm.each(
        completion,
        t -> {
          double loss = -completion.weight(t) * completion.advantage(t);
          double moved = completion.logRatios()[t];
          double penalty = completion.isChosen(t) ? ppoKlCoef : 0;
          return new TokenTerm(
              loss + penalty * Math.abs(moved), loss, penalty * Math.signum(moved), false, false);
        });
  }

  @Override
  public void measure(
      CompletionRatios completion, TokenTerm[] terms, boolean perSequence, LossMetrics metrics) {
    double moved = Arrays.stream(completion.logRatios()).map(Math::abs).sum();
    metrics.mean("kl_cov/ppo_kl_abs", moved, terms.length);
    long penalised = Arrays.stream(completion.chosenOrNone()).filter(t -> t > 0).count();
    metrics.mean("kl_cov/penalised", (double) penalised, terms.length);
  }
}
