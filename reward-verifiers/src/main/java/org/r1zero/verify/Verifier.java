package org.r1zero.verify;

/**
 * Judges completions by a rule.
 *
 * <p>An implementation
 *
 * <ul>
 *   <li>never throws on any completion text: what can't be read is {@link Outcome#UNPARSEABLE};
 *   <li>is deterministic: the same problem and completion give the same verdict;
 *   <li>is thread-safe: rollouts are scored in parallel;
 *   <li>is bounded in time and memory for any text, a megabyte of brackets included.
 * </ul>
 *
 * <p>Extend {@code VerifierContractTest} (in this module's test-jar) to check all four.
 */
public interface Verifier {

  /**
   * The name that recipes, metrics and rollout columns use, such as {@code math}: lower case,
   * digits, {@code _} and {@code -}.
   */
  String id();

  /** The scores that {@link #verify} may give: from 0 to 1 unless overridden. */
  default ScoreRange range() {
    return ScoreRange.UNIT;
  }

  /**
   * The score that stands in for a verdict where this verifier itself fails: when it throws or
   * takes too long. Within {@link #range()}; the lowest unless overridden.
   */
  default double failureScore() {
    return range().min();
  }

  /**
   * Whether its score on a problem is what an environment paid, summed over the turns of a
   * conversation. Credit for single turns needs to know.
   */
  default boolean scoresTurns(Problem problem) {
    return false;
  }

  /**
   * Judges one completion.
   *
   * @param problem what was asked, with its reference answer
   * @param completion what the model answered
   * @return the verdict, its score within {@link #range()}
   * @throws IllegalArgumentException if the <em>problem</em> lacks what this verifier needs (a
   *     fault of the data set, not of the model)
   */
  Verdict verify(Problem problem, Completion completion);

  /**
   * Checks that a problem has what this verifier needs, before any completion is sampled. Asks
   * {@link #verify} about an empty completion; override it where that is slow, or where more is
   * known about problems.
   *
   * @throws IllegalArgumentException as {@link #verify} does
   */
  default void check(Problem problem) {
    verify(problem, Completion.of(""));
  }
}
