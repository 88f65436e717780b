package org.r1zero.grpo.advantage;

import java.util.ArrayList;
import java.util.List;

/**
 * Rewards normalised over the whole batch: REINFORCE++ (arXiv:2501.03262), equations 3 and 4. Mean
 * and variance are over tokens, as in the authors' OpenRLHF: each rollout weighs by its length. The
 * variance is the biased one, at least 1e-8.
 *
 * @param groupBaseline whether the group's mean is taken off first: REINFORCE++-baseline, equation
 *     5
 */
public record ReinforcePlusPlus(boolean groupBaseline) implements AdvantageEstimator {
  private static final double LEAST_VARIANCE = 1e-8;

  @Override
  public List<double[]> estimate(List<GroupRewards> groups) {
    List<double[]> returns = new ArrayList<>();
    double count = 0;
    double sum = 0;
    for (GroupRewards group : groups) {
      double[] own = groupBaseline ? Scorable.centered(group.rewards()) : group.rewards();
      returns.add(own);
      for (int i = 0; i < own.length; i++) {
        if (!Double.isNaN(own[i])) {
          sum += own[i] * group.tokens()[i];
          count += group.tokens()[i];
        }
      }
    }
    double mean = count == 0 ? 0 : sum / count;
    double squares = 0;
    for (int g = 0; g < returns.size(); g++) {
      double[] own = returns.get(g);
      for (int i = 0; i < own.length; i++) {
        double off = Double.isNaN(own[i]) ? 0 : own[i] - mean;
        squares += off * off * groups.get(g).tokens()[i];
      }
    }
    double deviation = Math.sqrt(Math.max(LEAST_VARIANCE, count == 0 ? 0 : squares / count));
    return returns.stream().map(own -> normalized(own, mean, deviation)).toList();
  }

  private static double[] normalized(double[] returns, double mean, double deviation) {
    double[] advantages = new double[returns.length];
    for (int i = 0; i < advantages.length; i++) {
      advantages[i] = Double.isNaN(returns[i]) ? 0 : (returns[i] - mean) / deviation;
    }
    return advantages;
  }
}
