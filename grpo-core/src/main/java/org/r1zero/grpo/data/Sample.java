package org.r1zero.grpo.data;

import org.jspecify.annotations.Nullable;

/**
 * A rollout as training sees it: with all that is known before the first update.
 *
 * @param prompt token ids, the same array object for all rollouts of a group
 * @param rollout what was sampled
 * @param advantage how much better it was than expected
 * @param counts whether it has a part in the loss; one that does not still has one in its group's
 *     baseline
 * @param old log-probs of its tokens under the policy before the first update on this batch, {@code
 *     [T]}; {@code null} where that is the policy at hand, so that they equal the current ones
 * @param reference log-probs of its tokens under the reference policy, {@code [T]}; {@code null}
 *     without one
 */
public record Sample(
    int[] prompt,
    Rollout rollout,
    double advantage,
    boolean counts,
    float @Nullable [] old,
    float @Nullable [] reference) {

  /** A sample that counts, under one policy only. */
  public Sample(int[] prompt, Rollout rollout, double advantage) {
    this(prompt, rollout, advantage, true, null, null);
  }

  /** The same with another advantage. */
  public Sample withAdvantage(double value) {
    return new Sample(prompt, rollout, value, counts, old, reference);
  }

  /** Tokens that have a part in the loss. */
  public int countedTokens() {
    return counts ? rollout.tokens().length : 0;
  }

  int length() {
    return prompt.length + rollout.tokens().length;
  }
}
