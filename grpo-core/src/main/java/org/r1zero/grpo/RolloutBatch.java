package org.r1zero.grpo;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.r1zero.grpo.data.RolloutGroup;

/**
 * The rollouts of a step.
 *
 * @param groups {@code problems_per_step} groups of {@code num_generations}
 * @param metrics what the source measured, by metric name: times, speeds, rewards by verifier
 */
public record RolloutBatch(List<RolloutGroup> groups, Map<String, Double> metrics) {

  /** Fixes the groups and metrics; checks that there is a group. */
  public RolloutBatch {
    if (groups.isEmpty()) {
      throw new IllegalArgumentException("a step needs at least one group of rollouts, had none");
    }
    groups = List.copyOf(groups);
    metrics = Collections.unmodifiableMap(new TreeMap<>(metrics));
  }

  /** Prompt and completion tokens of all rollouts; a prompt counts for each of its rollouts. */
  public long tokenCount() {
    long count = 0;
    for (RolloutGroup group : groups) {
      count += (long) group.prompt().length * group.rollouts().size();
      count += group.rollouts().stream().mapToLong(r -> r.tokens().length).sum();
    }
    return count;
  }
}
