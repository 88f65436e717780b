package org.r1zero.grpo;

import java.util.function.Supplier;
import org.r1zero.grpo.checkpoint.TrainingState;

/** What happens between two steps: reporting, keeping the state, ending early. */
@FunctionalInterface
public interface StepBoundary {

  /**
   * Called on the training thread after the step's last update.
   *
   * @param report of the step that has just finished
   * @param state what is needed to go on from here; its arrays are the live ones, to be read before
   *     this returns
   * @return whether to go on
   */
  boolean passed(StepReport report, Supplier<TrainingState> state);
}
