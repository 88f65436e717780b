package org.r1zero.grpo.health;

import org.r1zero.grpo.faults.Faults;

/**
 * What is watched, and the answers.
 *
 * @param nan what is done about a loss or gradient that is NaN or infinite; such an update is never
 *     applied
 * @param mismatch what is done about a mean gap of log-probs between sampling and training above
 *     {@code maxMismatch}
 * @param kl what is done about a KL divergence from the reference above {@code maxKl}
 * @param entropy what is done where the policy's entropy is below {@code minEntropy} for {@code
 *     patience} steps
 * @param zeroVariance what is done where all groups have equal rewards for {@code patience} steps
 * @param memory what is done where the process grows by {@code maxMemoryGrowth} and goes on growing
 * @param maxMismatch the largest gap of log-probs between sampling and training, in nats per token
 * @param maxKl the largest KL divergence from the reference, in nats per token
 * @param minEntropy the policy's smallest entropy, in nats per token
 * @param maxMemoryGrowth how far the process' memory may grow, as a share of what it was after the
 *     first steps
 * @param patience steps in a row before entropy and zero variance are found
 * @param maxSkipped updates skipped in a row before the run is stopped
 */
public record HealthConfig(
    HealthAction nan,
    HealthAction mismatch,
    HealthAction kl,
    HealthAction entropy,
    HealthAction zeroVariance,
    HealthAction memory,
    double maxMismatch,
    double maxKl,
    double minEntropy,
    double maxMemoryGrowth,
    int patience,
    int maxSkipped) {

  /** Checks the ranges; all faults are named at once. */
  public HealthConfig {
    Faults faults = new Faults();
    noSkip(faults, "kl", kl);
    noSkip(faults, "entropy", entropy);
    noSkip(faults, "zero_variance", zeroVariance);
    noSkip(faults, "memory", memory);
    faults.require(maxMismatch > 0, "max_mismatch", "must be > 0, was " + maxMismatch);
    faults.require(maxKl > 0, "max_kl", "must be > 0, was " + maxKl);
    faults.require(maxMemoryGrowth > 0, "max_memory_growth", "must be > 0, was " + maxMemoryGrowth);
    faults.atLeast(1, "patience", patience);
    faults.atLeast(1, "max_skipped", maxSkipped);
    faults.require(minEntropy >= 0, "min_entropy", "must be >= 0, was " + minEntropy);
    faults.check();
  }

  private static void noSkip(Faults faults, String key, HealthAction action) {
    faults.require(
        action != HealthAction.SKIP,
        key,
        "must be off, warn or stop, was skip (it is known when the step is over)");
  }

  /** Updates that are NaN are skipped, five in a row stop the run; all else is said. */
  public static HealthConfig defaults() {
    return new HealthConfig(
        HealthAction.SKIP,
        HealthAction.WARN,
        HealthAction.WARN,
        HealthAction.WARN,
        HealthAction.WARN,
        HealthAction.WARN,
        0.2,
        10,
        0.005,
        0.5,
        5,
        5);
  }
}
