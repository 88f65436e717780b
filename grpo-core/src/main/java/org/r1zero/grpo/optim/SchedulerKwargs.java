package org.r1zero.grpo.optim;

import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.faults.Faults;

/**
 * What single schedules take, under transformers' names ({@code lr_scheduler_kwargs}).
 *
 * @param numCycles waves of the cosine; {@code null} for half a wave, of {@code
 *     cosine_with_restarts} for one
 * @param minLr where {@code cosine_with_min_lr} ends; {@code null} where {@code minLrRate} says it
 * @param minLrRate where {@code cosine_with_min_lr} ends, as a share of the peak
 * @param lrEnd where {@code polynomial} ends
 * @param power the power of {@code polynomial}
 * @param timescale the time scale of {@code inverse_sqrt}, in updates; 0 for the warm-up, or 10,000
 *     without one
 * @param numDecaySteps updates of the last phase of {@code warmup_stable_decay}
 * @param minLrRatio where the last phase of {@code warmup_stable_decay} ends and the warm-up
 *     starts, as a share of the peak
 * @param warmupType the form of the first phase of {@code warmup_stable_decay}
 * @param decayType the form of the last phase of {@code warmup_stable_decay}
 */
public record SchedulerKwargs(
    @Nullable Double numCycles,
    @Nullable Double minLr,
    @Nullable Double minLrRate,
    double lrEnd,
    double power,
    int timescale,
    int numDecaySteps,
    double minLrRatio,
    Ramp warmupType,
    Ramp decayType) {

  /** The form of a phase. */
  public enum Ramp {
    /** A straight line. */
    LINEAR,
    /** A cosine. */
    COSINE,
    /** A root: transformers' {@code 1-sqrt}. */
    ONE_MINUS_SQRT
  }

  /** Checks the ranges; all faults are named at once. */
  public SchedulerKwargs {
    Faults faults = new Faults();
    faults.require(
        minLr == null || minLrRate == null,
        "min_lr",
        "must be left out where min_lr_rate is given, was " + minLr);
    faults.require(lrEnd >= 0, "lr_end", "must be >= 0, was " + lrEnd);
    faults.atLeast(0, "timescale", timescale, "0 is the warm-up");
    faults.atLeast(0, "num_decay_steps", numDecaySteps);
    faults.check();
  }

  /** transformers' defaults. */
  public static SchedulerKwargs defaults() {
    return new SchedulerKwargs(null, null, null, 1e-7, 1, 0, 0, 0, Ramp.LINEAR, Ramp.COSINE);
  }

  double cycles(double otherwise) {
    return numCycles == null ? otherwise : numCycles;
  }
}
