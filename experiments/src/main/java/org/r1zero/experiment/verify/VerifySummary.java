package org.r1zero.experiment.verify;

import java.util.List;

/**
 * What judging a file came to.
 *
 * @param verifier its id
 * @param records lines that were judged
 * @param unreadable lines that could not be read, the first of them
 * @param unreadableCount how many there were
 * @param correct completions found correct
 * @param meanScore of all verdicts; 0 where there are none
 * @param withExpected records that say what is right
 * @param agreed those on which the verifier says the same
 * @param falsePositives wrong ones that it found correct
 * @param falseNegatives right ones that it did not
 * @param unparseable verdicts without an answer that could be read
 * @param timeouts verdicts that took too long
 * @param errors verdicts on which the verifier failed
 * @param firstError the reason of the first error; empty where there is none
 * @param seconds from the first verdict to the last
 */
public record VerifySummary(
    String verifier,
    long records,
    List<BadLine> unreadable,
    long unreadableCount,
    long correct,
    double meanScore,
    long withExpected,
    long agreed,
    long falsePositives,
    long falseNegatives,
    long unparseable,
    long timeouts,
    long errors,
    String firstError,
    double seconds) {

  /**
   * A line that could not be read.
   *
   * @param line its number, from 1
   * @param reason why
   */
  public record BadLine(long line, String reason) {}

  /** The share of the records with an expectation on which the verifier agrees; 1 without any. */
  public double agreement() {
    return withExpected == 0 ? 1 : (double) agreed / withExpected;
  }

  /** How fast it judged. */
  public double verdictsPerSecond() {
    return seconds > 0 ? records / seconds : 0;
  }

  /** Whether every line was read and judged. */
  public boolean isComplete() {
    return unreadableCount == 0 && errors == 0;
  }
}
