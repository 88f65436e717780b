package org.r1zero.rollout.difficulty;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * How often the policy solved each problem that it was asked, the newest answers counting most. It
 * is plain data, and part of a run's state.
 *
 * @param target the difficulty that a curriculum is at, from 0 to 1
 * @param problems by their ids; those that were never asked are not there
 */
public record PassRates(double target, Map<String, Tally> problems) {

  /** Fixes the map. */
  public PassRates {
    problems = Collections.unmodifiableMap(new TreeMap<>(problems));
  }

  /** Nothing is known. */
  public static PassRates none() {
    return new PassRates(0, Map.of());
  }

  /**
   * What is known of one problem. Sums are of groups, each counted by how long ago it was.
   *
   * @param groups that were asked, each counted as one
   * @param weight of all groups
   * @param mixed of the groups whose rollouts were not all as good as each other
   * @param passed of all groups, times the share of their rollouts that was right
   * @param step of the newest group: the sums are as of then
   */
  public record Tally(long groups, double weight, double mixed, double passed, long step) {
    static final Tally NONE = new Tally(0, 0, 0, 0, 0);

    /** The share of rollouts that was right; NaN where none is known. */
    public double passRate() {
      return passed / weight;
    }

    /** The same with one more group. */
    Tally with(long now, double passRate, boolean isMixed, double forgetting) {
      double faded = faded(now, forgetting);
      return new Tally(
          groups + 1,
          weight * faded + 1,
          mixed * faded + (isMixed ? 1 : 0),
          passed * faded + passRate,
          Math.max(now, step));
    }

    /** What its sums count now. */
    double faded(long now, double forgetting) {
      return Math.pow(forgetting, (double) Math.max(0, now - step));
    }
  }
}
