package org.r1zero.experiment.pipeline;

/** What a stage does. */
public enum StageKind {
  /** Reinforcement learning: a training recipe's sections, from the stage's model. */
  RL
}
