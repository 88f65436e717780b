package org.r1zero.grpo;

import java.io.Serializable;
import org.r1zero.grpo.data.MicroBatch;
import org.r1zero.grpo.loss.LossMetrics;
import org.r1zero.grpo.loss.LossOutput;

/**
 * What computing a part of an update gave besides its gradient. Those of all parts add up.
 *
 * @param loss the part's share of the update's loss
 * @param policyLoss the same without an entropy bonus
 * @param entropySum of the tokens that an entropy bonus acts on
 * @param entropyTokens how many those are
 * @param numbers what else was measured
 * @param sampled log-probs that the sampler drew the part's tokens by, NaN where unknown, {@code
 *     [N]}; empty where they are of no interest
 * @param trained log-probs that training computed for the same tokens, as many
 * @param rows tokens that were computed, prompts counted once
 * @param places of attention's rectangles
 */
public record PartReport(
    double loss,
    double policyLoss,
    double entropySum,
    long entropyTokens,
    LossMetrics numbers,
    float[] sampled,
    float[] trained,
    long rows,
    long places)
    implements Serializable {

  /** Of a loss that compares nothing with the sampler and has no entropy bonus. */
  static PartReport of(MicroBatch part, double loss, LossMetrics numbers) {
    return new PartReport(
        loss,
        loss,
        0,
        0,
        numbers,
        new float[0],
        new float[0],
        part.tokens().rowCount(),
        part.tokens().attentionPlaces());
  }

  /**
   * Of a policy loss.
   *
   * @param trained the tokens' log-probs, {@code [N]}
   */
  static PartReport of(MicroBatch part, LossOutput output, float[] trained) {
    return new PartReport(
        output.loss(),
        output.policyLoss(),
        output.entropySum(),
        output.entropyTokens(),
        output.metrics(),
        part.samplingLogProbs(),
        trained,
        part.tokens().rowCount(),
        part.tokens().attentionPlaces());
  }
}
