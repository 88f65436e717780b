package org.r1zero.grpo.loss;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.r1zero.grpo.faults.Faults;

/**
 * {@link ClippedSurrogate} without a few tokens of high covariance: of those that are not clipped
 * and whose {@link Covariance} is between two bounds, {@code clip_cov_ratio} of all tokens are
 * drawn and have no gradient. Clip-Cov, The Entropy Mechanism of Reinforcement Learning for
 * Reasoning Language Models (arXiv:2505.22617), as verl has it ({@code loss_mode: clip_cov}). As
 * there the tokens computed together are a micro-batch.
 *
 * @param clipped the loss of the others
 * @param clipCovRatio the share of the tokens computed together that is left out; at least one
 * @param clipCovLb the covariance above which a token may be left out
 * @param clipCovUb the covariance below which it may
 */
public record ClipCovSurrogate(
    ClippedSurrogate clipped, double clipCovRatio, double clipCovLb, double clipCovUb)
    implements Surrogate {

  /** Checks the ranges; all faults are named at once. */
  public ClipCovSurrogate {
    Faults faults = new Faults();
    faults.require(
        clipCovRatio > 0 && clipCovRatio <= 1,
        "clip_cov_ratio",
        "must be in (0, 1], was " + clipCovRatio + " (verl uses 0.0002)");
    faults.require(
        clipCovLb < clipCovUb,
        "clip_cov_lb",
        "must be < clip_cov_ub (" + clipCovUb + "), was " + clipCovLb + " (verl uses 1 and 5)");
    faults.check();
  }

  @Override
  public boolean[][] chosen(List<CompletionRatios> completions, long seed) {
    Covariance covariance = new Covariance(completions);
    List<Covariance.Place> candidates = new ArrayList<>();
    for (int c = 0; c < completions.size(); c++) {
      CompletionRatios completion = completions.get(c);
      TokenTerm[] terms = clipped.terms(completion);
      for (int t = 0; t < terms.length; t++) {
        double of = covariance.of(completion, t);
        if (!terms[t].isCut() && of > clipCovLb && of < clipCovUb) {
          candidates.add(new Covariance.Place(c, t));
        }
      }
    }
    Collections.shuffle(candidates, new Random(seed));
    int most = Math.min(candidates.size(), covariance.share(clipCovRatio));
    return Covariance.marked(completions, candidates.subList(0, most));
  }

  @Override
  public TokenTerm[] terms(CompletionRatios completion) {
    TokenTerm[] terms = clipped.terms(completion);
    for (int t = 0; t < terms.length; t++) {
      if (completion.isChosen(t)) {
        terms[t] = TokenTerm.ofWeight(0, 0);
      }
    }
    return terms;
  }

  @Override
  public void measure(
      CompletionRatios completion, TokenTerm[] terms, boolean perSequence, LossMetrics metrics) {
    clipped.measure(completion, terms, perSequence, metrics);
    long left = Arrays.stream(completion.chosenOrNone()).filter(t -> t > 0).count();
    metrics.mean("clip_cov/left_out", (double) left, terms.length);
  }
}
