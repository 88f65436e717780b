package org.r1zero.rollout;

import java.util.List;
import org.r1zero.verify.Problem;

/** Where a step's problems come from. */
public interface ProblemSource {

  /**
   * The problems of a training step: a pure function of this source and the step, so that a resumed
   * run sees the same.
   *
   * @param step counts from 0
   * @param count how many
   */
  List<Problem> problems(long step, int count);
}
