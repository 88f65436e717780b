package org.r1zero.coldstart.sft;

import org.r1zero.grpo.faults.Faults;

/**
 * How long supervised training goes on, under transformers' names where it has them.
 *
 * @param numTrainEpochs passes over the data
 * @param maxSteps optimizer updates; above 0 it overrides the epochs
 * @param evalFraction the share of the data that is held out for validation; 0 for none
 * @param evalSteps updates between validations; 0 validates at the end of each epoch
 * @param earlyStoppingPatience validations without a lower loss before training stops and the best
 *     weights are taken; 0 never stops early
 * @param saveSteps updates between checkpoints; 0 for none
 */
public record SftSchedule(
    int numTrainEpochs,
    int maxSteps,
    double evalFraction,
    int evalSteps,
    int earlyStoppingPatience,
    int saveSteps) {

  /** Checks the ranges; all faults are named at once. */
  public SftSchedule {
    Faults faults = new Faults();
    faults.atLeast(1, "num_train_epochs", numTrainEpochs);
    faults.atLeast(0, "max_steps", maxSteps);
    faults.atLeast(0, "eval_steps", evalSteps);
    faults.atLeast(0, "early_stopping_patience", earlyStoppingPatience);
    faults.atLeast(0, "save_steps", saveSteps);
    faults.require(
        evalFraction >= 0 && evalFraction < 1,
        "eval_fraction",
        "must be in [0, 1), was " + evalFraction);
    faults.require(
        earlyStoppingPatience <= 0 || evalFraction > 0,
        "eval_fraction",
        "must be > 0 where early_stopping_patience is set");
    faults.check();
  }

  /** Three epochs, a twentieth held out, validated each epoch, no early stop. */
  public static SftSchedule defaults() {
    return new SftSchedule(3, 0, 0.05, 0, 0, 50);
  }
}
