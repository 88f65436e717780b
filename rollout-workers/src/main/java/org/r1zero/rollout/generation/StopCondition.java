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

  /**
   * The same for a condition that differs between completions.
   *
   * @param request the index of the completion's request
   * @param sample which of its request's completions
   */
  default boolean stops(int request, int sample, int[] tokens, int length) {
    return stops(tokens, length);
  }
}
