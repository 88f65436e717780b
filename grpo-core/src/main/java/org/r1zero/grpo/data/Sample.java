package org.r1zero.grpo.data;

/**
 * A rollout as training sees it.
 *
 * @param prompt token ids, the same array object for all rollouts of a group
 * @param rollout what was sampled
 * @param advantage how much better it was than expected
 */
public record Sample(int[] prompt, Rollout rollout, double advantage) {

  int length() {
    return prompt.length + rollout.tokens().length;
  }
}
