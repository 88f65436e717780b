package org.r1zero.grpo.optim;

/**
 * How the learning rate changes over a run, as a factor of its peak: transformers' schedules of the
 * same names, with linear warm-up.
 */
public enum LearningRateSchedule {
  /** The peak after warm-up. */
  CONSTANT {
    @Override
    double decay(double progress) {
      return 1;
    }
  },
  /** Down to 0 in a straight line. */
  LINEAR {
    @Override
    double decay(double progress) {
      return 1 - progress;
    }
  },
  /** Down to 0 along half a cosine. */
  COSINE {
    @Override
    double decay(double progress) {
      return 0.5 * (1 + Math.cos(Math.PI * progress));
    }
  };

  /** The factor at a share of the steps after warm-up, {@code progress} in [0, 1]. */
  abstract double decay(double progress);

  /**
   * The factor at an update.
   *
   * @param update updates done so far; the first update has 0
   * @param warmup updates of linear warm-up from 0
   * @param total updates in the whole run
   */
  public double factor(long update, long warmup, long total) {
    if (update < warmup) {
      return (double) update / Math.max(1, warmup);
    }
    double progress = (double) (update - warmup) / Math.max(1, total - warmup);
    return decay(Math.min(1, progress));
  }
}
