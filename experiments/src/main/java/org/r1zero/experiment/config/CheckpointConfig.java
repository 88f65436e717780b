package org.r1zero.experiment.config;

import org.r1zero.grpo.faults.Faults;

/**
 * How the state of training is kept, under transformers' names.
 *
 * @param saveSteps steps between checkpoints; with 1 a killed run loses at most the step under way
 * @param saveTotalLimit how many of the newest checkpoints are kept, besides the best
 * @param metricForBestModel the step metric by which a checkpoint is the best; empty keeps none
 * @param greaterIsBetter whether {@code metric_for_best_model} should rise
 * @param loadBestModelAtEnd whether the best checkpoint's weights are what the run results in
 * @param ifDamaged what happens when the newest checkpoint is found damaged on resuming
 */
public record CheckpointConfig(
    int saveSteps,
    int saveTotalLimit,
    String metricForBestModel,
    boolean greaterIsBetter,
    boolean loadBestModelAtEnd,
    IfDamaged ifDamaged) {

  /** What to do about a damaged checkpoint. */
  public enum IfDamaged {
    /** Say so and go on from the one before. */
    USE_PREVIOUS,
    /** Say so and stop. */
    REFUSE
  }

  /** Checks the ranges; all faults are named at once. */
  public CheckpointConfig {
    Faults faults = new Faults();
    faults.atLeast(1, "save_steps", saveSteps, "1 saves after every step");
    faults.atLeast(1, "save_total_limit", saveTotalLimit, "2 leaves one to fall back on");
    faults.require(
        !loadBestModelAtEnd || !metricForBestModel.isEmpty(),
        "metric_for_best_model",
        "must name a metric where load_best_model_at_end is true, such as" + " reward");
    faults.check();
  }

  /** Each step, the newest two, and the one of the highest reward. */
  public static CheckpointConfig defaults() {
    return new CheckpointConfig(1, 2, "reward", true, false, IfDamaged.USE_PREVIOUS);
  }

  /**
   * For a stage of one training.
   *
   * @param saveSteps steps between checkpoints; 0 keeps none on the way
   * @param least a metric: the weights of its lowest value are the result; empty takes the last
   */
  public static CheckpointConfig ofStage(int saveSteps, String least) {
    int every = saveSteps > 0 ? saveSteps : Integer.MAX_VALUE;
    return new CheckpointConfig(every, 1, least, false, !least.isEmpty(), IfDamaged.USE_PREVIOUS);
  }
}
