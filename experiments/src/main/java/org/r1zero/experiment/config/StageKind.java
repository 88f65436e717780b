package org.r1zero.experiment.config;

import java.util.Locale;

/** What a stage does. */
public enum StageKind {
  /** Reinforcement learning: a training recipe's sections, from the stage's model. */
  RL(Recipe.class),
  /** Makes training examples of a model's samples, or of given files. */
  CURATE(CurateOptions.class),
  /** The same: what R1 calls making data from the policy that RL has made. */
  REJECTION_SAMPLING(CurateOptions.class),
  /** Supervised training on examples. */
  SFT(SftOptions.class),
  /** A teacher's samples, curated, then supervised training of the stage's model on them. */
  DISTILL(DistillOptions.class),
  /** Reverse KL from the teacher on the stage's model's own samples. */
  ON_POLICY_DISTILL(OnPolicyOptions.class);

  private final Class<? extends Record> options;

  StageKind(Class<? extends Record> options) {
    this.options = options;
  }

  /** The record of its options: their keys. */
  public Class<? extends Record> options() {
    return options;
  }

  /** Whether a model comes out of it. */
  public boolean makesModel() {
    return options != CurateOptions.class;
  }

  /** Whether training examples come out of it. */
  public boolean makesData() {
    return options == CurateOptions.class || this == DISTILL;
  }

  /** Its name in recipes. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
