package org.r1zero.rollout.trace;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Which of a step's rollouts a person is shown. */
public final class ToRead {
  private ToRead() {}

  /** The first one, the best and the worst: fewer where these are the same. */
  public static <T> List<T> of(List<T> rollouts, ToDoubleFunction<T> reward) {
    Comparator<T> byReward = Comparator.comparingDouble(reward);
    return Stream.of(
            rollouts.stream().findFirst(),
            rollouts.stream().max(byReward),
            rollouts.stream().min(byReward))
        .flatMap(Optional::stream)
        .distinct()
        .toList();
  }
}
