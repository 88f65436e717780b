package org.r1zero.grpo;

import java.util.List;
import org.r1zero.grpo.data.Rollout;

/**
 * Settings that policy optimization shares with sampling.
 *
 * @param seed decides which groups share an update
 * @param temperature of sampling; log-probs in training use the same
 * @param maxCompletionTokens the limit on new tokens
 * @param rewardWeights of the verifiers, in the order of {@link Rollout#scores}; needed where
 *     rewards are normalised one by one
 */
public record RunSettings(
    long seed, double temperature, int maxCompletionTokens, List<Double> rewardWeights) {

  /** Fixes the weights. */
  public RunSettings {
    rewardWeights = List.copyOf(rewardWeights);
  }

  /** Settings where rewards are summed before they are compared. */
  public RunSettings(long seed, double temperature, int maxCompletionTokens) {
    this(seed, temperature, maxCompletionTokens, List.of());
  }
}
