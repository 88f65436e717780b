package org.r1zero.verify.external;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Duration;
import org.r1zero.verify.ScoreRange;

/**
 * Which Python function judges, and how it is run.
 *
 * @param file has the function
 * @param function its name; empty where the file has only one that fits
 * @param python the interpreter
 * @param completions how a function in TRL's form gets completions
 * @param arguments more that the function is given, by name
 * @param range the scores that it may give
 * @param correctAt the score from which a completion is correct, where the function does not say so
 * @param failureScore that of a completion on which it fails, within the range
 * @param timeout the longest time for one answer
 * @param startTimeout what the first answer after a start may take more
 * @param processes most processes at a time
 * @param batch most completions that it is given at a time
 */
public record PythonConfig(
    Path file,
    String function,
    String python,
    Completions completions,
    ObjectNode arguments,
    ScoreRange range,
    double correctAt,
    double failureScore,
    Duration timeout,
    Duration startTimeout,
    int processes,
    int batch) {

  /** How a function in TRL's form gets completions. */
  public enum Completions {
    /** As messages where the problem's prompt is messages in the data, otherwise as texts. */
    AUTO,
    /** As texts. */
    TEXT,
    /** As lists of one message. */
    CHAT
  }

  /** Checks the numbers. */
  public PythonConfig {
    if (!range.contains(failureScore)) {
      throw new IllegalArgumentException("failure_score must be within min and max");
    }
    if (processes < 1 || batch < 1) {
      throw new IllegalArgumentException("processes and batch must be >= 1");
    }
  }
}
