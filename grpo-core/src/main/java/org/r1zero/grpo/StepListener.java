package org.r1zero.grpo;

/** Hears of each finished step. */
public interface StepListener {

  /** Called on the training thread after the step's last update. */
  void stepFinished(StepReport report);
}
