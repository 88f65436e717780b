package org.r1zero.grpo.data;

import java.util.List;

/**
 * The rollouts of one problem: rewards are compared within it.
 *
 * @param problemId for traces and messages
 * @param prompt the prompt's token ids, {@code [S]}
 * @param rollouts {@code G} completions of the prompt
 */
public record RolloutGroup(String problemId, int[] prompt, List<Rollout> rollouts) {

  /** Checks that there is a prompt and at least one rollout. */
  public RolloutGroup {
    rollouts = List.copyOf(rollouts);
    if (prompt.length == 0 || rollouts.isEmpty()) {
      throw new IllegalArgumentException(
          "group " + problemId + " needs a prompt and at least one rollout");
    }
  }

  /** The rewards of its rollouts, {@code [G]}. */
  public double[] rewards() {
    return rollouts.stream().mapToDouble(Rollout::reward).toArray();
  }
}
