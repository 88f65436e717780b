package org.r1zero.grpo.loss;

import java.util.Arrays;
import java.util.List;

/**
 * The covariance of each counted token's advantage and log-prob, {@code (A - mean A) (log p - mean
 * log p)}, the means over all tokens that are computed together: The Entropy Mechanism of
 * Reinforcement Learning for Reasoning Language Models (arXiv:2505.22617). Where it is high the
 * update lowers the entropy most.
 */
final class Covariance {
  private final double advantageMean;
  private final double logProbMean;
  private final int tokens;

  Covariance(List<CompletionRatios> completions) {
    double advantages = 0;
    double logProbs = 0;
    int count = 0;
    for (CompletionRatios completion : completions) {
      advantages += Arrays.stream(completion.advantages()).sum();
      logProbs += Arrays.stream(completion.current()).sum();
      count += completion.length();
    }
    this.advantageMean = advantages / Math.max(1, count);
    this.logProbMean = logProbs / Math.max(1, count);
    this.tokens = count;
  }

  double of(CompletionRatios completion, int t) {
    return (completion.advantage(t) - advantageMean) * (completion.current()[t] - logProbMean);
  }

  /** How many tokens a share of all is: at least one. */
  int share(double ratio) {
    return Math.max(1, (int) (ratio * tokens));
  }

  /** A token by its completion's number and its own. */
  record Place(int completion, int token) {}

  /** Which tokens are meant, by completion. */
  static boolean[][] marked(List<CompletionRatios> completions, List<Place> places) {
    boolean[][] marked = new boolean[completions.size()][];
    for (int c = 0; c < marked.length; c++) {
      marked[c] = new boolean[completions.get(c).length()];
    }
    places.forEach(place -> marked[place.completion][place.token] = true);
    return marked;
  }
}
