package org.r1zero.rollout.worker;

import java.io.Serializable;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.PartReport;
import org.r1zero.grpo.PartWork;
import org.r1zero.grpo.data.MicroBatch;

/**
 * All that a learner needs to compute its share of an update's gradient.
 *
 * @param pool whose update it is
 * @param open the pools that are open
 * @param parts its share, in order
 * @param work on each part
 * @param checkpointing whether activations are computed twice to save memory
 * @param inbox host and port where learners meet and deliver sums
 * @param secret that all learners of the update know
 */
record LearnerTask(
    String pool,
    Set<String> open,
    RemoteTask.Model model,
    RemoteTask.Version weights,
    List<MicroBatch> parts,
    PartWork work,
    boolean checkpointing,
    String inbox,
    byte[] secret)
    implements Serializable {

  /**
   * What became of it.
   *
   * @param parts what was computed, besides the gradient
   * @param version of the weights
   * @param checksum of their block
   * @param kind of the machine: {@link MachineReport#kind}
   * @param failure why the gradient can't be computed by any machine; null where it was
   */
  record Result(
      List<PartReport> parts, long version, long checksum, String kind, @Nullable String failure)
      implements Serializable {}
}
