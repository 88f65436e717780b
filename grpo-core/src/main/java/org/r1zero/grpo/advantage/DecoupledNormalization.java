package org.r1zero.grpo.advantage;

import java.util.Arrays;
import java.util.List;

/**
 * Each verifier's scores are normalised within the group, then summed with weights, then normalised
 * over the batch: GDPO (arXiv:2601.05242), equations 4 to 6; TRL's {@code normalize_then_sum}. So
 * that differences of a reward with small deviations are not drowned by another's.
 *
 * @param weights of the verifiers, in their order
 */
public record DecoupledNormalization(List<Double> weights) implements AdvantageEstimator {

  /** Checks that there is a weight. */
  public DecoupledNormalization {
    weights = List.copyOf(weights);
    if (weights.isEmpty()) {
      throw new IllegalArgumentException("normalising each reward needs a weight for each");
    }
  }

  @Override
  public List<double[]> estimate(List<GroupRewards> groups) {
    List<double[]> sums = groups.stream().map(this::weightedSum).toList();
    double[] all = Scorable.concatenated(sums);
    double mean = Scorable.mean(all);
    double deviation = Scorable.deviation(all);
    return sums.stream()
        .map(group -> Arrays.stream(group).map(s -> s - mean).toArray())
        .map(group -> Scorable.zeroWhereNone(Scorable.dividedBy(deviation, group)))
        .toList();
  }

  private double[] weightedSum(GroupRewards group) {
    double[] sums = new double[group.rewards().length];
    for (int k = 0; k < weights.size(); k++) {
      double[] column = column(group, k);
      double[] normal = Scorable.dividedBy(Scorable.deviation(column), Scorable.centered(column));
      for (int i = 0; i < sums.length; i++) {
        sums[i] += Double.isNaN(normal[i]) ? 0 : weights.get(k) * normal[i];
      }
    }
    for (int i = 0; i < sums.length; i++) {
      if (Arrays.stream(group.scores()[i]).allMatch(Double::isNaN)) {
        sums[i] = Double.NaN;
      }
    }
    return sums;
  }

  private double[] column(GroupRewards group, int k) {
    double[] column = new double[group.scores().length];
    for (int i = 0; i < column.length; i++) {
      double[] scores = group.scores()[i];
      if (scores.length != weights.size()) {
        throw new IllegalArgumentException(
            "a rollout needs a score for each of the "
                + weights.size()
                + " rewards that are normalised one by one, had "
                + scores.length);
      }
      column[i] = scores[k];
    }
    return column;
  }
}
