package org.r1zero.grpo.health;

/** What to do about a finding. */
public enum HealthAction {
  /** Don't look. */
  OFF,
  /** Say so and go on. */
  WARN,
  /** Say so and leave the update out. */
  SKIP,
  /** Say so and end the run; its last checkpoint is from before. */
  STOP
}
