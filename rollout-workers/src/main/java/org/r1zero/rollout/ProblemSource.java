package org.r1zero.rollout;

import java.util.List;
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

  /**
   * The problems that may stand at a place where another order than this source's is wanted: those
   * of the part of the data whose turn it is, always the same list object for a part.
   */
  default List<Problem> candidates(long place) {
    throw new UnsupportedOperationException(
        "this source has no problems to choose among: rollouts.sampler.strategy must be uniform");
  }
}
