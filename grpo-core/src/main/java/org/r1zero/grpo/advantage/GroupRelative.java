package org.r1zero.grpo.advantage;

import java.util.Arrays;
import java.util.List;

/**
 * Reward minus the group's mean, over a standard deviation.
 *
 * <p>DeepSeekMath (arXiv:2402.03300), section 4.1.2: {@code A = (r - mean(r)) / std(r)}. As in TRL
 * the standard deviation is the unbiased one (over {@code G - 1}), and 1e-4 is added to it.
 *
 * @param scale which standard deviation
 */
public record GroupRelative(Scale scale) implements AdvantageEstimator {

  /** TRL's {@code scale_rewards}. */
  public enum Scale {
    /** That of the group's rewards. */
    GROUP,
    /** That of the batch's rewards (PPO Lite, arXiv:2508.08221). */
    BATCH,
    /**
     * None: Dr. GRPO (arXiv:2503.20783), equation 3, since dividing weighs very easy and very hard
     * problems more.
     */
    NONE,
    /**
     * None: the mean of the group's rewards divides instead, so that rarely solved problems weigh
     * more. MaxRL (arXiv:2602.02710), {@code A = (r - mean(r)) / mean(r)}: with rewards of 0 and 1
     * the gradient of the likelihood of solving the problem, truncated at order {@code G}. Where
     * the mean is not above 0 there is no advantage.
     */
    MEAN
  }

  @Override
  public List<double[]> estimate(List<GroupRewards> groups) {
    double ofBatch =
        Scorable.deviation(
            Scorable.concatenated(groups.stream().map(GroupRewards::rewards).toList()));
    return groups.stream().map(group -> estimate(group.rewards(), ofBatch)).toList();
  }

  private double[] estimate(double[] rewards, double ofBatch) {
    double[] centered = Scorable.centered(rewards);
    double[] advantages =
        switch (scale) {
          case GROUP -> Scorable.dividedBy(Scorable.deviation(rewards), centered);
          case BATCH -> Scorable.dividedBy(ofBatch, centered);
          case NONE -> centered;
          case MEAN -> dividedByMean(centered, Scorable.mean(rewards));
        };
    return Scorable.zeroWhereNone(advantages);
  }

  private static double[] dividedByMean(double[] centered, double mean) {
    return Arrays.stream(centered).map(c -> mean > 0 ? c / mean : 0).toArray();
  }
}
