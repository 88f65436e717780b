package org.r1zero.rollout.generation;

/** Decides when a completion is finished before its limit. */
@FunctionalInterface
public interface StopCondition {

  /**
   * Whether the newest token ends the completion.
   *
   * @param tokens the completion so far; only the first {@code length} count
   * @param length at least 1
   */
  boolean stops(int[] tokens, int length);
}
