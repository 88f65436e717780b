package org.r1zero.grpo;

import org.r1zero.grpo.advantage.AdvantageEstimator;
import org.r1zero.grpo.advantage.GroupNormalized;
import org.r1zero.grpo.advantage.LeaveOneOut;
import org.r1zero.grpo.advantage.MeanCentered;

/** How rewards become advantages; TRL's {@code scale_rewards}, and RLOO's baseline. */
public enum RewardScaling {
  /** Minus the group's mean, over its standard deviation (GRPO). */
  GROUP,
  /** Minus the group's mean (Dr. GRPO). */
  NONE,
  /** Minus the mean of the others (RLOO). */
  LEAVE_ONE_OUT;

  /** What computes it. */
  public AdvantageEstimator estimator() {
    return switch (this) {
      case GROUP -> new GroupNormalized();
      case NONE -> new MeanCentered();
      case LEAVE_ONE_OUT -> new LeaveOneOut();
    };
  }
}
