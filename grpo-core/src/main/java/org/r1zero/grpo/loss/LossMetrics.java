package org.r1zero.grpo.loss;

import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/** What happened to an update's tokens, by metric name: means, smallest and largest values. */
public final class LossMetrics implements Serializable {
  private static final long serialVersionUID = 1;

  private final Map<String, double[]> means = new TreeMap<>();
  private final Map<String, Double> minima = new TreeMap<>();
  private final Map<String, Double> maxima = new TreeMap<>();

  /** Adds to a mean. */
  public void mean(String name, double sum, double count) {
    double[] total = means.computeIfAbsent(name, k -> new double[2]);
    total[0] += sum;
    total[1] += count;
  }

  void min(String name, double value) {
    minima.merge(name, value, Math::min);
  }

  void max(String name, double value) {
    maxima.merge(name, value, Math::max);
  }

  /** Adds another part of the same update. */
  public void add(LossMetrics other) {
    addMeans(other);
    other.minima.forEach(this::min);
    other.maxima.forEach(this::max);
  }

  /** Adds another update, of which only the means add up. */
  public void addMeans(LossMetrics other) {
    other.means.forEach((name, total) -> mean(name, total[0], total[1]));
  }

  /** The means; that of nothing is 0, as in TRL. */
  public Map<String, Double> means() {
    Map<String, Double> values = new TreeMap<>();
    means.forEach((name, total) -> values.put(name, total[0] / Math.max(1, total[1])));
    return values;
  }

  /** The smallest values and the largest, by metric name. */
  public Map<String, Double> extremes() {
    Map<String, Double> values = new TreeMap<>(minima);
    values.putAll(maxima);
    return values;
  }
}
