package org.r1zero.rollout.generation;

import ai.djl.Device;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.r1zero.grpo.model.DecodingKernels;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.Quantization;
import org.r1zero.grpo.torch.Lanes;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Samples completions with continuous batching: when a sequence finishes, a waiting one takes its
 * cache row at the next step. A prompt is read once, whatever the number of its completions. Small
 * models decode in several lanes, each with a part of the sequences and a core of its own.
 *
 * <p>Not thread-safe: a worker has its own.
 */
public final class Generator implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Generator.class);

  private final PolicyModel policy;
  private final Scope scope;
  private final KeptConversations kept;
  private DecodingKernels kernels;
  private Quantization quantization = Quantization.NONE;
  private long version;
  private int mostAtOnce = Integer.MAX_VALUE;
  private final DeviceShare share;
  private volatile boolean cancelled;

  /** Samples from a policy's weights as they are when a call begins, by copies of them. */
  public Generator(PolicyModel policy) {
    this(policy, DeviceShare.alone());
  }

  /**
   * The same where others use the device.
   *
   * @param share one for all generators on the device
   */
  public Generator(PolicyModel policy, DeviceShare share) {
    this.policy = policy;
    this.share = share;
    Device device = policy.device();
    this.scope = Torch.openScope(device);
    this.kept = new KeptConversations(scope);
    this.version = policy.version();
    this.kernels = policy.decoding().packed(scope);
  }

  /**
   * Takes over the policy's newest weights. {@link #generate} does so itself where they were
   * changed in this process; only weights in memory that another process has written need it.
   */
  public void refresh() {
    version = policy.version();
    kept.clear();
    kernels.refreshFrom(policy.decoding());
  }

  private void refreshIfStale() {
    if (policy.version() != version) {
      refresh();
    }
  }

  /**
   * Samples every completion of every request.
   *
   * @return for each request its completions, in the order of its seeds
   * @throws IllegalArgumentException if a prompt and {@code max_new_tokens} exceed the context
   * @throws IllegalStateException if the weights give NaN or infinite logits
   * @throws CancellationException after {@link #cancel}, or when this thread was interrupted (it
   *     stays so)
   */
  public List<List<Generation>> generate(
      List<GenerationRequest> requests, SamplingConfig config, StopCondition stop) {
    List<List<Generation>> all = new ArrayList<>();
    for (GenerationRequest request : requests) {
      all.add(Arrays.asList(new Generation[request.seeds().length]));
    }
    generate(
        requests,
        config,
        stop,
        new SamplingListener() {
          @Override
          public void status(SamplingStatus status) {
            // the caller waits for the end
          }

          @Override
          public void finished(int request, int sample, Generation generation) {
            all.get(request).set(sample, generation);
          }
        });
    return all.stream().map(List::copyOf).toList();
  }

  /**
   * The same for a listener, which has each completion as soon as it is finished. Where the device
   * has no memory for so many sequences, the unfinished ones are sampled again, half as many at
   * once, here and in later calls; their draws are the same.
   *
   * @throws IllegalArgumentException if a prompt and {@code max_new_tokens} exceed the context
   * @throws IllegalStateException if the weights give NaN or infinite logits
   * @throws CancellationException after {@link #cancel}, or when this thread was interrupted (it
   *     stays so)
   */
  public void generate(
      List<GenerationRequest> requests,
      SamplingConfig options,
      StopCondition stop,
      SamplingListener listener) {
    SamplingConfig config = fitted(options);
    List<Schedule> one = Schedule.of(requests, config, 1);
    refreshIfStale();
    quantize(config.quantization());
    requireFits(one.get(0).longest(), config);
    Remaining remaining = new Remaining(requests, stop, listener);
    try {
      while (true) {
        kept.begin((long) config.kvCacheMb() << 20);
        Remaining.Attempt attempt = remaining.next();
        int batch = batch(Schedule.of(attempt.requests(), config, 1).get(0), config);
        try {
          generate(attempt, batch, config);
          return;
        } catch (RuntimeException e) {
          if (!Torch.isOutOfMemory(e) || batch <= 1) {
            throw e;
          }
          kept.clear();
          mostAtOnce = batch / 2;
          LOG.warn(
              "there is no memory on {} for {} sequences at once; from here on at most {} are sampled at"
                  + " once. lower sampling.max_batch or sampling.kv_cache_mb",
              policy.device().isGpu() ? "the GPU" : "this machine",
              batch,
              mostAtOnce);
        }
      }
    } finally {
      cancelled = false;
    }
  }

  /** With what this device takes, where that is left open. */
  private SamplingConfig fitted(SamplingConfig options) {
    if (SamplingMemory.isSet(options)) {
      return options;
    }
    if (!policy.device().isGpu()) {
      return SamplingMemory.onCpu(options);
    }
    long copy = policy.computeType().bytes() * policy.parameterCount();
    long bytes = share.perGenerator(() -> Torch.freeBytes(policy.device()), copy);
    return SamplingMemory.onGpu(options, bytes);
  }

  private void generate(Remaining.Attempt attempt, int batch, SamplingConfig config) {
    int lanes = Math.max(1, Math.min(policy.lanes(), batch));
    List<Schedule> schedules = Schedule.of(attempt.requests(), config, lanes);
    LaneListeners shared = new LaneListeners(attempt.listener(), schedules);
    AtomicBoolean stopped = new AtomicBoolean();
    List<Supplier<Integer>> work = new ArrayList<>();
    for (int i = 0; i < lanes; i++) {
      Schedule schedule = schedules.get(i);
      int rows = batch / lanes + (i < batch % lanes ? 1 : 0);
      SamplingListener own = shared.of(i);
      work.add(
          () ->
              new DecodingLane(kernels, scope, schedule, rows, kept, config, attempt.stop(), own)
                  .run(() -> cancelled || stopped.get(), () -> stopped.set(true)));
    }
    Lanes.run(work);
  }

  /**
   * Ends the call of {@link #generate} that runs, or else the next one, before its next step. The
   * one method that any thread may call.
   */
  public void cancel() {
    cancelled = true;
  }

  private void quantize(Quantization wanted) {
    if (wanted != quantization) {
      DecodingKernels other = policy.decoding().packed(scope, wanted);
      kept.clear();
      kernels.release();
      kernels = other;
      quantization = wanted;
    }
  }

  private void requireFits(int longest, SamplingConfig config) {
    int context = policy.config().maxPositionEmbeddings();
    if (longest > context) {
      throw new IllegalArgumentException(
          "the longest prompt ("
              + (longest - config.maxNewTokens())
              + " tokens) and max_new_tokens ("
              + config.maxNewTokens()
              + ") exceed the model's max_position_embeddings ("
              + context
              + "); "
              + (longest - config.maxNewTokens() < context
                  ? "lower sampling.max_new_tokens to "
                      + (context - longest + config.maxNewTokens())
                      + " or less"
                  : "shorten the prompt"));
    }
  }

  /** Rows that the budget of the cache allows; what has none waits. */
  int batch(Schedule schedule, SamplingConfig config) {
    long rows = positions(config) / Math.max(1, schedule.longest() + kernels.sharedUnit() - 1);
    if (rows == 0 && schedule.total() > 0) {
      throw new IllegalArgumentException(
          "one sequence of "
              + schedule.longest()
              + " tokens needs "
              + ((schedule.longest() + kernels.sharedUnit() - 1L)
                      * kernels.cacheBytesPerToken()
                      / (1 << 20)
                  + 1)
              + " MB of keys and values, which may take "
              + config.kvCacheMb()
              + "; raise sampling.kv_cache_mb, or lower sampling.max_new_tokens");
    }
    return (int)
        Math.min(rows, Math.min(Math.min(config.maxBatch(), mostAtOnce), schedule.total()));
  }

  private long positions(SamplingConfig config) {
    return ((long) config.kvCacheMb() << 20) / kernels.cacheBytesPerToken();
  }

  /** Decodes with other kernels on the same weights. */
  void decodeWith(UnaryOperator<DecodingKernels> others) {
    kept.clear();
    kernels = others.apply(kernels);
  }

  /** Conversations that may go on. */
  KeptConversations kept() {
    return kept;
  }

  /** Drops kept conversations: no more turns of them are to come. */
  public void forget() {
    kept.clear();
  }

  /** What it decodes with, for measuring. */
  public DecodingKernels kernels() {
    return kernels;
  }

  @Override
  public void close() {
    kept.close();
    scope.close();
  }
}
