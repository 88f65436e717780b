package org.r1zero.verify.environment;

import org.r1zero.verify.Problem;

/** Begins conversations. */
@FunctionalInterface
public interface EnvironmentFactory {

  /**
   * Begins one.
   *
   * @param problem what the conversation is about
   * @param seed decides all that is random in it
   */
  Environment begin(Problem problem, long seed);
}
