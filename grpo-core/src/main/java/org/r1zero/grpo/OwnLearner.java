package org.r1zero.grpo;

import java.util.List;
import org.r1zero.grpo.data.MicroBatch;
import org.r1zero.grpo.model.PolicyModel;

/** Computes part after part in this process, with the policy itself. */
public final class OwnLearner implements Learners {
  private final Portions portions;

  /** Computes parts whole, as long as there is memory for them. */
  public OwnLearner() {
    this(new Portions());
  }

  OwnLearner(Portions portions) {
    this.portions = portions;
  }

  @Override
  public List<PartReport> compute(
      long version, PolicyModel policy, List<MicroBatch> parts, PartWork work, Runnable discard) {
    return portions.compute(parts, part -> work.compute(policy, part), discard);
  }
}
