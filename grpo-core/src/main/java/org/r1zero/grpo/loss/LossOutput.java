package org.r1zero.grpo.loss;

/**
 * A loss with its gradient and what happened to its tokens.
 *
 * @param loss this part's share of the update's loss; the shares add up
 * @param gradient of the loss by each current log-prob, {@code [N]}
 * @param tokens completion tokens, {@code N}
 * @param klSum sum over tokens of the KL estimate; 0 without a reference
 * @param clippedLow tokens whose ratio was clipped from below
 * @param clippedHigh tokens whose ratio was clipped from above
 * @param clippedLowMin the smallest share of a completion's tokens that was clipped from below
 * @param clippedHighMax the largest share of a completion's tokens that was clipped from above
 */
public record LossOutput(
    double loss,
    float[] gradient,
    int tokens,
    double klSum,
    int clippedLow,
    int clippedHigh,
    double clippedLowMin,
    double clippedHighMax) {}
