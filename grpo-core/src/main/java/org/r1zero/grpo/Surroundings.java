package org.r1zero.grpo;

import org.r1zero.grpo.health.HealthMonitor;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.optim.AdamW;

/**
 * What every kind of training works with.
 *
 * @param policy is trained in place
 * @param optimizer of the policy's parameters; stays the caller's to close
 * @param health looks at each update and each step
 * @param boundary is notified of each step, keeps the state, ends training early
 * @param learners compute the gradients
 */
public record Surroundings(
    PolicyModel policy,
    AdamW optimizer,
    HealthMonitor health,
    StepBoundary boundary,
    Learners learners) {

  /** Where this process computes the gradients. */
  public Surroundings(
      PolicyModel policy, AdamW optimizer, HealthMonitor health, StepBoundary boundary) {
    this(policy, optimizer, health, boundary, new OwnLearner());
  }

  /** The same with another boundary. */
  public Surroundings withBoundary(StepBoundary other) {
    return new Surroundings(policy, optimizer, health, other, learners);
  }
}
