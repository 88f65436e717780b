package org.r1zero.grpo.model;

/**
 * How a token is drawn from logits.
 *
 * @param temperature logits are divided by it; 0 is greedy
 * @param topK keep the k likeliest tokens; 0 keeps all
 * @param topP then keep the likeliest tokens that together reach this probability; 1 keeps all
 * @param minP then keep tokens at least this share as likely as the likeliest; 0 keeps all
 */
public record SamplingParameters(double temperature, int topK, double topP, double minP) {

  /** Whether some tokens are never drawn, unlikely as they are. */
  public boolean hasFilters() {
    return temperature > 0 && (topK > 0 || topP < 1 || minP > 0);
  }
}
