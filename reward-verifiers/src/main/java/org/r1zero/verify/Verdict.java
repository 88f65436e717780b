package org.r1zero.verify;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.r1zero.verify.records.Records;

/**
 * What a verifier says of one completion.
 *
 * @param score within the verifier's {@link Verifier#range()}
 * @param outcome how it came about
 * @param reason one short sentence for a person who reads the trace, such as {@code expected 72,
 *     found 70}; what is longer than {@link #MAX_REASON} is cut off, and half characters (unpaired
 *     surrogates), which no file can hold, are replaced
 * @param parts named shares of the score, such as {@code tests_passed}; empty where there are none
 */
public record Verdict(double score, Outcome outcome, String reason, Map<String, Double> parts)
    implements Serializable {

  /** The longest reason, in characters. */
  public static final int MAX_REASON = 300;

  /** Checks that nothing is missing and that the numbers are numbers. */
  public Verdict {
    requireNonNull(outcome, "outcome is null");
    requireNonNull(reason, "reason is null");
    if (!Double.isFinite(score)) {
      throw new IllegalArgumentException("score must be finite, was " + score);
    }
    reason = wellFormed(reason);
    parts = Collections.unmodifiableMap(new TreeMap<>(parts)); // the same order in each process
    for (Map.Entry<String, Double> part : parts.entrySet()) {
      if (!Double.isFinite(part.getValue())) {
        throw new IllegalArgumentException("a part must be finite, was " + part);
      }
    }
  }

  /** A verdict without parts. */
  public Verdict(double score, Outcome outcome, String reason) {
    this(score, outcome, reason, Map.of());
  }

  /** The verdict on a completion that the token limit cut off, where such a one does not count. */
  public static Verdict truncated(double score) {
    return new Verdict(
        score, Outcome.UNPARSEABLE, "cut off by the token limit, so it has no final answer");
  }

  private static String wellFormed(String text) {
    return Records.whole(
        text.length() <= MAX_REASON ? text : text.substring(0, MAX_REASON - 1) + "…");
  }
}
