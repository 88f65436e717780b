package org.r1zero.grpo;

import java.util.List;
import org.r1zero.grpo.loss.UpdateSize;
import org.r1zero.grpo.model.PolicyModel;

/** What {@link UpdateLoop} minimises. */
public sealed interface Objective permits PolicyObjective, CrossEntropy, ReverseKl {

  /**
   * What an update has computed of each of its parts.
   *
   * @param update the size of the whole update, by which a part's share is weighed
   */
  PartWork work(UpdateSize update);

  /**
   * Called after an update.
   *
   * @param updates optimizer updates so far, this one included
   * @param parts what was computed
   */
  default void updated(
      long updates, PolicyModel policy, List<PartReport> parts, StepMetrics metrics) {}
}
