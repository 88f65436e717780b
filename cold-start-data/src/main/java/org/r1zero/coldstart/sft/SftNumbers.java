package org.r1zero.coldstart.sft;

import org.r1zero.grpo.model.TokenLogProbs;

/**
 * Sums over completion tokens.
 *
 * @param tokens how many
 * @param lossSum negative log-likelihood in nats
 * @param matches tokens that greedy decoding would have picked
 * @param entropySum of the distributions, in nats
 */
public record SftNumbers(long tokens, double lossSum, double matches, double entropySum) {
  static final SftNumbers NONE = new SftNumbers(0, 0, 0, 0);

  static SftNumbers of(TokenLogProbs logProbs) {
    double loss = 0;
    double matches = 0;
    double entropy = 0;
    for (float value : logProbs.values()) {
      loss -= value;
    }
    for (float value : logProbs.greedyMatches()) {
      matches += value;
    }
    for (float value : logProbs.entropies()) {
      entropy += value;
    }
    return new SftNumbers(logProbs.values().length, loss, matches, entropy);
  }

  SftNumbers plus(SftNumbers other) {
    return new SftNumbers(
        tokens + other.tokens,
        lossSum + other.lossSum,
        matches + other.matches,
        entropySum + other.entropySum);
  }

  /** Mean loss a token. */
  public double loss() {
    return lossSum / tokens;
  }

  /** The share of tokens that greedy decoding would have picked. */
  public double meanTokenAccuracy() {
    return matches / tokens;
  }

  /** Mean entropy a token. */
  public double entropy() {
    return entropySum / tokens;
  }
}
