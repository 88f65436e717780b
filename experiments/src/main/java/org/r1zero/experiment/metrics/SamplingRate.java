package org.r1zero.experiment.metrics;

/**
 * Tokens per second since a round of sampling was first heard of; what was sampled before that took
 * a time that nobody measured, and does not count.
 */
final class SamplingRate {
  private static final double LEAST_SECONDS = 0.5;
  private long round = Long.MIN_VALUE;
  private long began;
  private long tokensBefore;
  private long tokens = Long.MAX_VALUE;

  /** Takes over how far a round is. A smaller number of tokens begins a new round, too. */
  void update(long step, long tokensSoFar, long nanoTime) {
    if (step != round || tokensSoFar < tokens) {
      began = nanoTime;
      tokensBefore = tokensSoFar;
      round = step;
    }
    tokens = tokensSoFar;
  }

  /** 0 as long as there is too little to tell. */
  double perSecond(long nanoTime) {
    double seconds = (nanoTime - began) / 1e9;
    return seconds < LEAST_SECONDS ? 0 : (tokens - tokensBefore) / seconds;
  }
}
