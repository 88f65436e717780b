package org.r1zero.grpo.optim;

import java.util.ArrayList;
import java.util.List;

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
    double maxGradNorm) {

  /** Checks the ranges; all faults are named at once. */
  public OptimizerConfig {
    List<String> faults = new ArrayList<>();
    if (!(learningRate > 0 && learningRate < 1)) {
      faults.add(
          "learning_rate must be in (0, 1), was " + learningRate + " (1e-6 is TRL's default)");
    }
    if (warmupSteps < 0) {
      faults.add("warmup_steps must be >= 0, was " + warmupSteps);
    }
    if (!(weightDecay >= 0)) {
      faults.add("weight_decay must be >= 0, was " + weightDecay);
    }
    if (!(adamBeta1 >= 0 && adamBeta1 < 1)) {
      faults.add("adam_beta1 must be in [0, 1), was " + adamBeta1 + " (0.9 is usual)");
    }
    if (!(adamBeta2 >= 0 && adamBeta2 < 1)) {
      faults.add("adam_beta2 must be in [0, 1), was " + adamBeta2 + " (0.999 is usual)");
    }
    if (!(adamEpsilon > 0)) {
      faults.add("adam_epsilon must be > 0, was " + adamEpsilon + " (1e-8 is usual)");
    }
    if (!(maxGradNorm >= 0)) {
      faults.add("max_grad_norm must be >= 0, was " + maxGradNorm + " (0 switches clipping off)");
    }
    if (lrSchedulerType == LearningRateSchedule.COSINE_WITH_MIN_LR
        && lrSchedulerKwargs.minLr() == null
        && lrSchedulerKwargs.minLrRate() == null) {
      faults.add("lr_scheduler_kwargs.min_lr or min_lr_rate must be given for cosine_with_min_lr");
    }
    if (lrSchedulerType == LearningRateSchedule.WARMUP_STABLE_DECAY
        && lrSchedulerKwargs.numDecaySteps() == 0) {
      faults.add("lr_scheduler_kwargs.num_decay_steps must be >= 1 for warmup_stable_decay, was 0");
    }
    if (lrSchedulerType == LearningRateSchedule.POLYNOMIAL
        && !(lrSchedulerKwargs.lrEnd() < learningRate)) {
      faults.add(
          "lr_scheduler_kwargs.lr_end must be < learning_rate, was " + lrSchedulerKwargs.lrEnd());
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", faults));
    }
  }

  /** A schedule with transformers' defaults. */
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
        maxGradNorm);
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
