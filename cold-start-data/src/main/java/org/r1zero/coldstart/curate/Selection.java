package org.r1zero.coldstart.curate;

import java.util.List;
import java.util.Map;
import org.r1zero.coldstart.records.BadRecord;

/**
 * What was chosen.
 *
 * @param examples in the order in which they were taken; to be read once, as they may be elsewhere
 * @param left how many traces were left after each filter, in order; the first is how many there
 *     were
 * @param bad records that could not be used, in the files' order
 * @param forget deletes what is kept for the examples
 */
public record Selection(
    Iterable<Example> examples, Map<String, Integer> left, List<BadRecord> bad, Runnable forget)
    implements AutoCloseable {

  /** How many examples there are. */
  public int count() {
    return left.getOrDefault(TraceSieve.BY_DIFFICULTY, 0);
  }

  @Override
  public void close() {
    forget.run();
  }
}
