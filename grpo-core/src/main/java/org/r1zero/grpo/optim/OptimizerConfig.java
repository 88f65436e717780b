package org.r1zero.grpo.optim;

import org.r1zero.grpo.faults.Faults;

/**
 * Options of the update rule, under transformers' names.
 *
 * @param learningRate the peak of the learning rate
 * @param lrSchedulerType how the learning rate changes
 * @param lrSchedulerKwargs what single schedules of the learning rate take
 * @param warmupSteps optimizer updates of linear warm-up
 * @param weightDecay AdamW's decoupled decay, of all parameters
 * @param adamBeta1 decay of the mean of gradients
 * @param adamBeta2 decay of the mean of squared gradients
 * @param adamEpsilon added to the root of the mean of squared gradients
 * @param maxGradNorm the gradient's global L2 norm is clipped to this; 0 switches clipping off
 * @param offload whether AdamW's moments lie in the machine's memory and come to the GPU a stretch
 *     at a time: 8 bytes per trained parameter less there, the same numbers, a slower update.
 *     Nothing changes on a CPU
 */
public record OptimizerConfig(
    double learningRate,
    LearningRateSchedule lrSchedulerType,
    SchedulerKwargs lrSchedulerKwargs,
    int warmupSteps,
    double weightDecay,
    double adamBeta1,
    double adamBeta2,
    double adamEpsilon,
    double maxGradNorm,
    boolean offload) {

  /** Checks the ranges; all faults are named at once. */
  public OptimizerConfig {
    Faults faults = new Faults();
    faults.require(
        learningRate > 0 && learningRate < 1,
        "learning_rate",
        "must be in (0, 1), was " + learningRate + " (1e-6 is TRL's default)");
    faults.atLeast(0, "warmup_steps", warmupSteps);
    faults.require(weightDecay >= 0, "weight_decay", "must be >= 0, was " + weightDecay);
    faults.require(
        adamBeta1 >= 0 && adamBeta1 < 1,
        "adam_beta1",
        "must be in [0, 1), was " + adamBeta1 + " (0.9 is usual)");
    faults.require(
        adamBeta2 >= 0 && adamBeta2 < 1,
        "adam_beta2",
        "must be in [0, 1), was " + adamBeta2 + " (0.999 is usual)");
    faults.require(
        adamEpsilon > 0, "adam_epsilon", "must be > 0, was " + adamEpsilon + " (1e-8 is usual)");
    faults.require(
        maxGradNorm >= 0,
        "max_grad_norm",
        "must be >= 0, was " + maxGradNorm + " (0 switches clipping off)");
    faults.require(
        lrSchedulerType != LearningRateSchedule.COSINE_WITH_MIN_LR
            || lrSchedulerKwargs.minLr() != null
            || lrSchedulerKwargs.minLrRate() != null,
        "lr_scheduler_kwargs.min_lr",
        "or min_lr_rate must be given for cosine_with_min_lr");
    faults.require(
        lrSchedulerType != LearningRateSchedule.WARMUP_STABLE_DECAY
            || lrSchedulerKwargs.numDecaySteps() != 0,
        "lr_scheduler_kwargs.num_decay_steps",
        "must be >= 1 for warmup_stable_decay, was 0");
    faults.require(
        lrSchedulerType != LearningRateSchedule.POLYNOMIAL
            || lrSchedulerKwargs.lrEnd() < learningRate,
        "lr_scheduler_kwargs.lr_end",
        "must be < learning_rate, was " + lrSchedulerKwargs.lrEnd());
    faults.check();
  }

  /** A schedule with transformers' defaults, the moments where the weights are. */
  public OptimizerConfig(
      double learningRate,
      LearningRateSchedule lrSchedulerType,
      int warmupSteps,
      double weightDecay,
      double adamBeta1,
      double adamBeta2,
      double adamEpsilon,
      double maxGradNorm) {
    this(
        learningRate,
        lrSchedulerType,
        SchedulerKwargs.defaults(),
        warmupSteps,
        weightDecay,
        adamBeta1,
        adamBeta2,
        adamEpsilon,
        maxGradNorm,
        false);
  }

  /**
   * The learning rate of an update.
   *
   * @param update updates done so far; the first update has 0
   * @param total updates in the whole run
   */
  public double rateAt(long update, long total) {
    return learningRate
        * lrSchedulerType.factor(
            new LearningRateSchedule.Point(update, warmupSteps, total, learningRate),
            lrSchedulerKwargs);
  }

  /** TRL's defaults for GRPO, but a constant rate, as DeepSeek-R1 trained with. */
  public static OptimizerConfig defaults() {
    return new OptimizerConfig(1e-6, LearningRateSchedule.CONSTANT, 0, 0, 0.9, 0.999, 1e-8, 1);
  }
}
