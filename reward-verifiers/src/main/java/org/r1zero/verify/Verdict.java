package org.r1zero.verify;

import static java.util.Objects.requireNonNull;

import java.util.Map;

/**
 * What a verifier says of one completion.
 *
 * @param score within the verifier's {@link Verifier#range()}
 * @param outcome how it came about
 * @param reason one short sentence for a person who reads the trace, such as {@code expected 72,
 *     found 70}
 * @param parts named shares of the score, such as {@code tests_passed}; empty where there are none
 */
public record Verdict(double score, Outcome outcome, String reason, Map<String, Double> parts) {

  /** Checks that nothing is missing and that the score is a number. */
  public Verdict {
    requireNonNull(outcome, "outcome is null");
    requireNonNull(reason, "reason is null");
    if (!Double.isFinite(score)) {
      throw new IllegalArgumentException("score must be finite, was " + score);
    }
    parts = Map.copyOf(parts);
  }

  /** A verdict without parts. */
  public Verdict(double score, Outcome outcome, String reason) {
    this(score, outcome, reason, Map.of());
  }
}
