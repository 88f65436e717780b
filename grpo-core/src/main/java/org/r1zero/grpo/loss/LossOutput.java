package org.r1zero.grpo.loss;

import org.jspecify.annotations.Nullable;

/**
 * A loss with its gradient and what happened to its tokens.
 *
 * @param loss this part's share of the update's loss; the shares add up
 * @param policyLoss the same without the entropy bonus
 * @param gradient of the loss by each current log-prob, {@code [N]}
 * @param entropyGradient of the loss by each entropy, {@code [N]}; {@code null} without a bonus
 * @param entropySum of the tokens that the bonus acts on
 * @param entropyTokens how many those are
 * @param metrics under TRL's names
 */
public record LossOutput(
    double loss,
    double policyLoss,
    float[] gradient,
    float @Nullable [] entropyGradient,
    double entropySum,
    long entropyTokens,
    LossMetrics metrics) {}
