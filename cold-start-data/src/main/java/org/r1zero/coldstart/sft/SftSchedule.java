package org.r1zero.coldstart.sft;

import java.util.ArrayList;
import java.util.List;

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
    List<String> faults = new ArrayList<>();
    if (numTrainEpochs < 1) {
      faults.add("num_train_epochs must be >= 1, was " + numTrainEpochs);
    }
    requireNotNegative("max_steps", maxSteps, faults);
    requireNotNegative("eval_steps", evalSteps, faults);
    requireNotNegative("early_stopping_patience", earlyStoppingPatience, faults);
    requireNotNegative("save_steps", saveSteps, faults);
    if (!(evalFraction >= 0 && evalFraction < 1)) {
      faults.add("eval_fraction must be in [0, 1), was " + evalFraction);
    }
    if (earlyStoppingPatience > 0 && !(evalFraction > 0)) {
      faults.add("eval_fraction must be > 0 where early_stopping_patience is set");
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", faults));
    }
  }

  /** Three epochs, a twentieth held out, validated each epoch, no early stop. */
  public static SftSchedule defaults() {
    return new SftSchedule(3, 0, 0.05, 0, 0, 50);
  }

  private static void requireNotNegative(String name, int value, List<String> faults) {
    if (value < 0) {
      faults.add(name + " must be >= 0, was " + value);
    }
  }
}
