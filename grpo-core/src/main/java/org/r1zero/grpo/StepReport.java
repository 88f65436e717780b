package org.r1zero.grpo;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The numbers of one step under TRL's names.
 *
 * @param step counts from 0
 * @param metrics by name
 */
public record StepReport(long step, SortedMap<String, Double> metrics) {

  /** Fixes the metrics. */
  public StepReport {
    metrics = Collections.unmodifiableSortedMap(new TreeMap<>(metrics));
  }

  /** A step with these metrics. */
  public StepReport(long step, Map<String, Double> metrics) {
    this(step, new TreeMap<>(metrics));
  }

  /** A metric's value, NaN where it was not measured. */
  public double metric(String name) {
    return metrics.getOrDefault(name, Double.NaN);
  }
}
