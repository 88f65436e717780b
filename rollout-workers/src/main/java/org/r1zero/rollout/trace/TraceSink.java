package org.r1zero.rollout.trace;

import java.util.List;

/** Takes the rollouts of a step. */
@FunctionalInterface
public interface TraceSink {

  /** Called once a step with all its rollouts. */
  void accept(long step, List<RolloutTrace> traces);
}
