package org.r1zero.experiment.pipeline;

/** What a stage does. */
public enum StageKind {
  /** Reinforcement learning: a training recipe's sections, from the stage's model. */
  RL,
  /** Makes training examples of a model's samples, or of given files. */
  CURATE,
  /** The same: what R1 calls making data from the policy that RL has made. */
  REJECTION_SAMPLING,
  /** Supervised training on examples. */
  SFT,
  /** A teacher's samples, curated, then supervised training of the stage's model on them. */
  DISTILL,
  /** Reverse KL from the teacher on the stage's model's own samples. */
  ON_POLICY_DISTILL;

  /** Whether a model comes out of it. */
  boolean makesModel() {
    return this != CURATE && this != REJECTION_SAMPLING;
  }

  /** Whether training examples come out of it. */
  boolean makesData() {
    return this == CURATE || this == REJECTION_SAMPLING || this == DISTILL;
  }
}
