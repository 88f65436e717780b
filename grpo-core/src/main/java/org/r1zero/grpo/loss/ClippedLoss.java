package org.r1zero.grpo.loss;

import java.util.ArrayList;
import java.util.List;
import org.r1zero.grpo.data.Sample;

/**
 * The clipped surrogate of GRPO: {@code -min(ratio * A, clip(ratio, 1 - epsilon, 1 + epsilon_high)
 * * A) + beta * KL}, with {@code ratio = exp(current - old)} a token.
 *
 * <p>DeepSeekMath (arXiv:2402.03300), equation 3, after PPO (arXiv:1707.06347), equation 7. A
 * higher {@code epsilonHigh} is DAPO's clip-higher (arXiv:2503.14476), section 3.1. The KL term is
 * the paper's, as TRL has it with {@code use_bias_correction_kl=False}; TRL's default multiplies it
 * by the ratio.
 *
 * @param aggregation how tokens are averaged
 * @param epsilon how far the ratio may fall below 1 before the gradient stops
 * @param epsilonHigh how far it may rise above 1
 * @param beta KL coefficient; 0 needs no reference policy
 */
public record ClippedLoss(
    TokenAggregation aggregation, double epsilon, double epsilonHigh, double beta)
    implements PolicyLoss {

  /** Checks the ranges; all faults are named at once. */
  public ClippedLoss {
    List<String> faults = new ArrayList<>();
    if (!(epsilon > 0 && epsilon < 1)) {
      faults.add("epsilon must be in (0, 1), was " + epsilon + " (PPO and GRPO use 0.2)");
    }
    if (!(epsilonHigh > 0)) {
      faults.add("epsilon_high must be > 0, was " + epsilonHigh + " (DAPO uses 0.28)");
    }
    if (!(beta >= 0)) {
      faults.add("beta must be >= 0, was " + beta + " (0 switches the KL term off)");
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", faults));
    }
  }

  @Override
  public boolean usesReference() {
    return beta > 0;
  }

  @Override
  public LossOutput compute(LossInputs in) {
    float[] gradient = new float[in.current().length];
    double loss = 0;
    double klSum = 0;
    int low = 0;
    int high = 0;
    double lowMin = 1;
    double highMax = 0;
    int n = 0;
    for (Sample sample : in.part().samples()) {
      double advantage = sample.advantage();
      int length = sample.rollout().tokens().length;
      double weight =
          aggregation.weight(
              length,
              in.update().sampleCount(),
              in.update().tokenCount(),
              in.maxCompletionTokens());
      int lowBefore = low;
      int highBefore = high;
      for (int t = 0; t < length; t++, n++) {
        double current = in.current()[n];
        double ratio = in.old() == null ? 1 : Math.exp(current - in.old()[n]);
        double clipped = Math.min(Math.max(ratio, 1 - epsilon), 1 + epsilonHigh);
        // Where the clipped term is the smaller one it is a constant: no gradient.
        boolean flat = clipped * advantage < ratio * advantage;
        double tokenLoss = -(flat ? clipped : ratio) * advantage;
        double tokenGradient = flat ? 0 : -ratio * advantage;
        if (ratio < 1 - epsilon && advantage < 0) {
          low++;
        } else if (ratio > 1 + epsilonHigh && advantage > 0) {
          high++;
        }
        if (in.reference() != null) {
          double reference = in.reference()[n];
          double kl = KlEstimator.k3(current, reference);
          klSum += kl;
          tokenLoss += beta * kl;
          tokenGradient += beta * KlEstimator.k3Gradient(current, reference);
        }
        loss += weight * tokenLoss;
        gradient[n] = (float) (weight * tokenGradient);
      }
      lowMin = Math.min(lowMin, (low - lowBefore) / (double) length);
      highMax = Math.max(highMax, (high - highBefore) / (double) length);
    }
    return new LossOutput(loss, gradient, n, klSum, low, high, lowMin, highMax);
  }
}
