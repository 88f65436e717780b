package org.r1zero.rollout.worker;

import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.rollout.generation.DeviceShare;
import org.r1zero.rollout.generation.GenerationRequest;
import org.r1zero.rollout.generation.Generator;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.rollout.generation.SamplingListener;
import org.r1zero.rollout.generation.StopCondition;

/**
 * The generator of one worker, kept on the weights that a unit asks for. For one thread, whose
 * share of the processor it sets.
 */
final class GeneratorHost implements AutoCloseable {
  private final IntFunction<PolicyModel> policies;
  private final int threads;
  private final boolean ownStream;
  private final DeviceShare share;
  private @Nullable Generator generator;
  private @Nullable Weights weights;
  private boolean threadPrepared;

  /**
   * Sets where weights are.
   *
   * @param policies the policy of each slot
   * @param threads that one operation may use; 0 leaves libtorch's own choice
   */
  GeneratorHost(IntFunction<PolicyModel> policies, int threads) {
    this(policies, threads, false, DeviceShare.alone());
  }

  /**
   * The same where others compute on the device meanwhile.
   *
   * @param ownStream whether a GPU does what this thread starts beside what others do
   * @param share who uses it
   */
  GeneratorHost(
      IntFunction<PolicyModel> policies, int threads, boolean ownStream, DeviceShare share) {
    this.policies = policies;
    this.threads = threads;
    this.ownStream = ownStream;
    this.share = share;
  }

  void run(
      List<GenerationRequest> requests,
      SamplingConfig config,
      Weights wanted,
      StopCondition stop,
      SamplingListener listener) {
    if (!threadPrepared && threads > 0) {
      Torch.setThreads(threads);
    }
    if (!threadPrepared && ownStream) {
      Torch.useOwnStream(policies.apply(wanted.slot()).device());
    }
    threadPrepared = true;
    generatorFor(wanted).generate(requests, config, stop, listener);
  }

  private Generator generatorFor(Weights wanted) {
    if (generator != null && weights != null && weights.slot() != wanted.slot()) {
      generator.close(); // its cache would lie idle while the other slot's generator fills another
      generator = null;
    }
    if (generator == null) {
      generator = new Generator(policies.apply(wanted.slot()), share);
    } else if (!wanted.equals(weights)) {
      generator.refresh();
    }
    weights = wanted;
    return generator;
  }

  /** Drops conversations that no more turns are to come of. */
  void forget() {
    if (generator != null) {
      generator.forget();
    }
  }

  /** Gives the generator's memory back; a later {@link #run} makes another one. */
  @Override
  public void close() {
    if (generator != null) {
      generator.close();
      generator = null;
    }
  }
}
