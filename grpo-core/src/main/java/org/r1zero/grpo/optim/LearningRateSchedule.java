package org.r1zero.grpo.optim;

/**
 * How the learning rate changes over a run, as a factor of its peak: transformers' schedules of the
 * same names, with warm-up in a straight line from 0.
 */
public enum LearningRateSchedule {
  /** The peak after warm-up; transformers' {@code constant} where there is none. */
  CONSTANT,
  /** The same under transformers' name. */
  CONSTANT_WITH_WARMUP,
  /** Down to 0 in a straight line. */
  LINEAR,
  /** Down to 0 along a cosine, half a wave unless {@code num_cycles} is given. */
  COSINE,
  /** The same, down to {@code min_lr}. */
  COSINE_WITH_MIN_LR,
  /** Down to 0 along half a cosine {@code num_cycles} times, each time from the peak. */
  COSINE_WITH_RESTARTS,
  /** Down to {@code lr_end} along {@code (1 - progress)^power}. */
  POLYNOMIAL,
  /** Down with the root of the updates, never to 0. */
  INVERSE_SQRT,
  /** The peak until the last {@code num_decay_steps} updates, then down to {@code min_lr_ratio}. */
  WARMUP_STABLE_DECAY;

  /**
   * A moment of a run.
   *
   * @param update updates done so far
   * @param warmup updates of warm-up
   * @param total updates in the whole run
   * @param peak the highest learning rate
   */
  record Point(long update, long warmup, long total, double peak) {
    double progress() {
      return (double) (update - warmup) / Math.max(1, total - warmup);
    }
  }

  /** The factor after warm-up. */
  private double afterWarmup(Point at, SchedulerKwargs kwargs) {
    double progress = Math.min(1, at.progress());
    return switch (this) {
      case CONSTANT, CONSTANT_WITH_WARMUP -> 1;
      case LINEAR -> Math.max(0, 1 - at.progress());
      case COSINE -> Math.max(0, wave(kwargs.cycles(0.5) * 2 * progress));
      case COSINE_WITH_MIN_LR -> {
        double least =
            kwargs.minLrRate() != null
                ? kwargs.minLrRate()
                : kwargs.minLr() != null ? kwargs.minLr() / at.peak() : 0;
        yield Math.max(0, wave(kwargs.cycles(0.5) * 2 * progress) * (1 - least) + least);
      }
      case COSINE_WITH_RESTARTS ->
          progress >= 1 ? 0 : Math.max(0, wave(kwargs.cycles(1) * at.progress() % 1));
      case POLYNOMIAL -> {
        double remaining = Math.pow(1 - progress, kwargs.power());
        yield ((at.peak() - kwargs.lrEnd()) * remaining + kwargs.lrEnd()) / at.peak();
      }
      case INVERSE_SQRT -> {
        double scale =
            kwargs.timescale() > 0 ? kwargs.timescale() : at.warmup() > 0 ? at.warmup() : 10_000;
        yield 1 / Math.sqrt((at.update() + scale - at.warmup()) / scale);
      }
      case WARMUP_STABLE_DECAY -> decay(at, kwargs);
    };
  }

  private static double decay(Point at, SchedulerKwargs kwargs) {
    long start = Math.max(at.warmup(), at.total() - kwargs.numDecaySteps());
    if (at.update() < start) {
      return 1;
    }
    double progress = (double) (at.update() - start) / Math.max(1, kwargs.numDecaySteps());
    if (progress >= 1) {
      return kwargs.minLrRatio();
    }
    double factor =
        switch (kwargs.decayType()) {
          case LINEAR -> 1 - progress;
          case COSINE -> wave(kwargs.cycles(0.5) * 2 * progress);
          case ONE_MINUS_SQRT -> 1 - Math.sqrt(progress);
        };
    return Math.max(0, factor * (1 - kwargs.minLrRatio()) + kwargs.minLrRatio());
  }

  /** The factor at a share of the warm-up. */
  private double duringWarmup(double progress, SchedulerKwargs kwargs) {
    if (this != WARMUP_STABLE_DECAY) {
      return progress;
    }
    double factor =
        switch (kwargs.warmupType()) {
          case LINEAR -> progress;
          case COSINE -> 0.5 * (1 - Math.cos(Math.PI * progress));
          case ONE_MINUS_SQRT -> 1 - Math.sqrt(1 - progress);
        };
    return Math.max(0, factor * (1 - kwargs.minLrRatio()) + kwargs.minLrRatio());
  }

  /** From 1 to 0 while {@code half} goes from 0 to 1. */
  private static double wave(double half) {
    return 0.5 * (1 + Math.cos(Math.PI * half));
  }

  /** The factor at a moment of a run; {@link OptimizerConfig#rateAt} is its one caller. */
  double factor(Point at, SchedulerKwargs kwargs) {
    return at.update() < at.warmup()
        ? duringWarmup((double) at.update() / Math.max(1, at.warmup()), kwargs)
        : afterWarmup(at, kwargs);
  }
}
