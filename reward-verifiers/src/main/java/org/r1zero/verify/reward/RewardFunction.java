package org.r1zero.verify.reward;

import org.r1zero.verify.Completion;
import org.r1zero.verify.Problem;

/** Turns a completion into the number that training maximises. */
public interface RewardFunction {

  /**
   * Scores one completion; thread-safe, and never throws on any completion text.
   *
   * @param problem what was asked
   * @param completion what the model answered
   */
  Reward score(Problem problem, Completion completion);
}
