package org.r1zero.rollout.worker;

import java.util.List;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.generation.SamplingConfig;

/** Samples completions with several workers, which share the weights that were published last. */
public interface WorkerPool extends AutoCloseable {

  /**
   * Makes a policy's weights those of the calls that begin from now on. A call that is under way
   * goes on with its own.
   *
   * @param version optimizer updates that the weights have seen
   */
  void publish(long version, PolicyModel policy);

  /** The version published last. */
  long version();

  /**
   * Samples all units; one call at a time.
   *
   * @return for each unit and each of its requests the completions, in the order of its seeds
   * @throws SamplingCancelledException if {@link #cancel} or {@link #close} ended it
   * @throws WorkerFailureException if workers were lost too often in a row
   * @throws IllegalStateException if the weights give NaN or infinite logits
   */
  List<List<List<Generation>>> generate(
      List<WorkUnit> units, SamplingConfig config, SamplingListener listener);

  /** Ends the call that is under way, from any thread; its workers stay usable. */
  void cancel();

  /** Workers lost and replaced since the pool was opened. */
  int replaced();

  /** Ends everything, a call that is under way too: within two seconds. */
  @Override
  void close();
}
