package org.r1zero.grpo.health;

import java.util.ArrayList;
import java.util.List;

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
    List<String> faults = new ArrayList<>();
    noSkip("kl", kl, faults);
    noSkip("entropy", entropy, faults);
    noSkip("zero_variance", zeroVariance, faults);
    noSkip("memory", memory, faults);
    positive("max_mismatch", maxMismatch, faults);
    positive("max_kl", maxKl, faults);
    positive("max_memory_growth", maxMemoryGrowth, faults);
    positive("patience", patience, faults);
    positive("max_skipped", maxSkipped, faults);
    if (!(minEntropy >= 0)) {
      faults.add("min_entropy must be >= 0, was " + minEntropy);
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", faults));
    }
  }

  private static void noSkip(String name, HealthAction action, List<String> faults) {
    if (action == HealthAction.SKIP) {
      faults.add(name + " must be off, warn or stop, was skip (it is known when the step is over)");
    }
  }

  private static void positive(String name, double value, List<String> faults) {
    if (!(value > 0)) {
      faults.add(name + " must be > 0, was " + value);
    }
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
