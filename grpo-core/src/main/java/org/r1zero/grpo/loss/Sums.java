package org.r1zero.grpo.loss;

import java.util.BitSet;

/** A loss and its gradient while they are added up, and the entropy bonus at the end. */
final class Sums {
  final LossInputs in;
  final float entropyThreshold;
  final double[] gradient;
  final LossMetrics metrics = new LossMetrics();
  double loss;
  private final BitSet inBonus = new BitSet();
  private double entropySum;
  private long countedTokens;

  Sums(LossInputs in, float entropyThreshold) {
    this.in = in;
    this.entropyThreshold = entropyThreshold;
    this.gradient = new double[in.current().length];
  }

  void addEntropy(int n, boolean inTop) {
    countedTokens++;
    metrics.mean("entropy", in.entropies()[n], 1);
    if (inTop) {
      inBonus.set(n);
      entropySum += in.entropies()[n];
    }
  }

  /**
   * Ends the sum: {@code - coef * H}, with {@code H} the mean entropy of the tokens that the
   * policy's term acts on, as in TRL the same for every loss type. Parts weigh by their tokens.
   */
  LossOutput withEntropyBonus() {
    int tokens = inBonus.cardinality();
    float[] byEntropy = null;
    double bonus = 0;
    if (in.entropyCoef() != 0) {
      double part = countedTokens / (double) Math.max(1, in.update().tokens());
      double weight = in.entropyCoef() * part / Math.max(1, tokens);
      bonus = weight * entropySum;
      float slope = (float) -weight;
      float[] slopes = new float[gradient.length];
      inBonus.stream().forEach(n -> slopes[n] = slope);
      byEntropy = slopes;
    }
    float[] byLogProb = new float[gradient.length];
    for (int n = 0; n < byLogProb.length; n++) {
      byLogProb[n] = (float) gradient[n];
    }
    return new LossOutput(loss - bonus, loss, byLogProb, byEntropy, entropySum, tokens, metrics);
  }
}
