package org.r1zero.rollout;

import java.util.List;
import org.r1zero.verify.reward.Reward;
import org.r1zero.verify.reward.RewardFunction;

/** Scores completions on all cores. */
public final class RewardScorer {
  private final RewardFunction function;

  /** Takes what scores one completion; it must be thread-safe. */
  public RewardScorer(RewardFunction function) {
    this.function = function;
  }

  /** The rewards of every group's completions, in their order. */
  public List<List<Reward>> score(List<SampledGroup> groups) {
    return groups.parallelStream()
        .map(
            group ->
                group.completions().parallelStream()
                    .map(completion -> function.score(group.problem(), completion))
                    .toList())
        .toList();
  }
}
