package org.r1zero.grpo.advantage;

import java.util.Arrays;
import java.util.List;

/**
 * Reward minus the mean reward of the group's other rollouts: RLOO (arXiv:2402.14740), equation 9.
 * A group of one has advantage 0.
 *
 * @param normalize whether advantages are then centred and scaled over the batch; TRL's {@code
 *     normalize_advantages}
 */
public record LeaveOneOut(boolean normalize) implements AdvantageEstimator {

  @Override
  public List<double[]> estimate(List<GroupRewards> groups) {
    List<double[]> advantages = groups.stream().map(g -> leaveOneOut(g.rewards())).toList();
    if (normalize) {
      double[] all = Scorable.concatenated(advantages);
      double mean = Scorable.mean(all);
      double deviation = Scorable.deviation(all);
      advantages =
          advantages.stream()
              .map(group -> Arrays.stream(group).map(a -> a - mean).toArray())
              .map(group -> Scorable.dividedBy(deviation, group))
              .toList();
    }
    return advantages.stream().map(Scorable::zeroWhereNone).toList();
  }

  private static double[] leaveOneOut(double[] rewards) {
    if (rewards.length == 1) {
      return new double[1];
    }
    double mean = Scorable.mean(rewards);
    double count = Scorable.of(rewards).length;
    // r - (sum - r) / (G - 1) = (r - mean) * G / (G - 1), which is 0 exactly for equal rewards;
    // a rollout alone among unscorable ones has no others: 0 / 0, no advantage
    return Arrays.stream(rewards).map(r -> (r - mean) * count / (count - 1)).toArray();
  }
}
