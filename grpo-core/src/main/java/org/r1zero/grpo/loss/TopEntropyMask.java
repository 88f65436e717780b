package org.r1zero.grpo.loss;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Keeps in the policy's term the tokens whose entropy is in the top share: Beyond the 80/20 Rule
 * (arXiv:2506.01939), equation 6. The share is taken of the tokens that are computed together, as
 * in TRL; as for Clip-Cov and KL-Cov, {@code micro_batch_tokens} matters.
 *
 * @param quantile the share that is kept, TRL's {@code top_entropy_quantile}: 1 keeps all, 0 only
 *     the token of the highest entropy; the paper uses 0.2
 */
public record TopEntropyMask(double quantile) implements Serializable {

  /** Checks the share. */
  public TopEntropyMask {
    if (!(quantile >= 0 && quantile <= 1)) {
      throw new IllegalArgumentException(
          "top_entropy_quantile must be in [0, 1], was " + quantile + " (the paper uses 0.2)");
    }
  }

  /**
   * The least entropy that is kept: the (1 - quantile)-quantile, between two tokens interpolated,
   * in single precision as {@code torch.quantile} does it.
   *
   * @param entropies of counted tokens; an empty array gives infinity
   */
  float threshold(float[] entropies) {
    if (quantile >= 1) {
      return Float.NEGATIVE_INFINITY;
    }
    if (entropies.length == 0) {
      return Float.POSITIVE_INFINITY;
    }
    float[] sorted = entropies.clone();
    Arrays.sort(sorted);
    float rank = (float) (1 - quantile) * (sorted.length - 1);
    int below = (int) Math.floor(rank);
    float weight = rank - below;
    float low = sorted[below];
    float gap = sorted[Math.min(below + 1, sorted.length - 1)] - low;
    return weight < 0.5f ? low + weight * gap : low + gap - gap * (1 - weight);
  }
}
