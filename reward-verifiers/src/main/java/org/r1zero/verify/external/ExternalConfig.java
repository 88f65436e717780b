package org.r1zero.verify.external;

import java.time.Duration;
import java.util.List;
import org.r1zero.verify.ScoreRange;

/**
 * How an external verifier is run.
 *
 * @param command the program and its arguments
 * @param range the scores that it may give
 * @param failureScore that of a completion on which it fails, within the range
 * @param timeout the longest time for one answer
 * @param startTimeout what the first answer after a start may take more
 * @param processes how many of it run, so that as many completions are judged at a time
 */
public record ExternalConfig(
    List<String> command,
    ScoreRange range,
    double failureScore,
    Duration timeout,
    Duration startTimeout,
    int processes) {

  /** Checks the command, the failure score and the number of processes. */
  public ExternalConfig {
    command = List.copyOf(command);
    if (command.isEmpty()) {
      throw new IllegalArgumentException(
          "command must name a program, such as [python3, my_verifier.py]");
    }
    if (!range.contains(failureScore)) {
      throw new IllegalArgumentException(
          "failure_score must be within " + range.interval() + ", was " + failureScore);
    }
    if (processes < 1) {
      throw new IllegalArgumentException("processes must be >= 1, was " + processes);
    }
  }
}
