package org.r1zero.experiment.pipeline;

/**
 * What a stage took, failed tries included.
 *
 * @param seconds of wall time
 * @param sampledTokens completion tokens that were generated
 * @param trainedTokens tokens of forward and backward passes
 * @param flops of all: 2 a parameter and sampled token, 6 a parameter and trained token, 2 a
 *     parameter and token of a forward pass alone (Kaplan et al., arXiv:2001.08361, without
 *     attention)
 */
public record StageCost(double seconds, long sampledTokens, long trainedTokens, double flops) {
  /** Nothing. */
  public static final StageCost NONE = new StageCost(0, 0, 0, 0);

  /** A share of it. */
  public StageCost times(double share) {
    return new StageCost(
        seconds * share,
        Math.round(sampledTokens * share),
        Math.round(trainedTokens * share),
        flops * share);
  }

  /** Both together. */
  public StageCost plus(StageCost other) {
    return new StageCost(
        seconds + other.seconds,
        sampledTokens + other.sampledTokens,
        trainedTokens + other.trainedTokens,
        flops + other.flops);
  }
}
