package org.r1zero.rollout;

import org.r1zero.verify.Problem;

/** Where a run's problems come from: an endless sequence. */
public interface ProblemSource {

  /**
   * The problem at a place: a pure function of this source and the place, so that a resumed run
   * sees the same.
   *
   * @param place counts from 0
   */
  Problem problemAt(long place);
}
