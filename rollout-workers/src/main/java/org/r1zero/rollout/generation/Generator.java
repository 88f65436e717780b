package org.r1zero.rollout.generation;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.r1zero.grpo.model.DecodingKernels;
import org.r1zero.grpo.model.DecodingStep;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.Quantization;
import org.r1zero.grpo.model.SamplingParameters;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;

/**
 * Samples completions with continuous batching: when a sequence finishes, a waiting one takes its
 * cache row at the next step. A prompt is read once, whatever the number of its completions.
 *
 * <p>Not thread-safe: a worker has its own.
 */
public final class Generator implements AutoCloseable {
  private final PolicyModel policy;
  private final Scope scope;
  private DecodingKernels kernels;
  private Quantization quantization = Quantization.NONE;
  private volatile boolean cancelled;

  /** Hears how far a call is; for progress. */
  public interface Progress {
    /** Called after each decoding step. */
    void update(int finishedSequences, int runningSequences, long sampledTokens);

    /**
     * Called before each {@link #update}.
     *
     * @param usedBytes of keys and values of running sequences and what they share
     * @param heldBytes of all that the cache has room for
     */
    default void cache(long usedBytes, long heldBytes) {}

    /**
     * Called for each completion as soon as it is finished, on the generating thread: what takes
     * long here holds generation up.
     *
     * @param request the index of its request
     * @param sample which of its request's completions
     */
    default void finished(int request, int sample, Generation generation) {}
  }

  /** Reads its weights from a policy: in bf16 from copies that {@link #refresh} renews. */
  public Generator(PolicyModel policy) {
    this.policy = policy;
    Device device = policy.device();
    this.scope = Torch.openScope(device);
    this.kernels = policy.decoding().packed(scope);
  }

  /** Takes over the policy's newest weights. */
  public void refresh() {
    kernels.refreshFrom(policy.decoding());
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
      List<GenerationRequest> requests,
      SamplingConfig config,
      StopCondition stop,
      Progress progress) {
    Schedule schedule = new Schedule(requests, config);
    quantize(config.quantization());
    requireFits(schedule.longest(), config);
    int batch = batch(schedule, config);
    SamplingParameters how = config.parameters();
    try (KeyValueCache cache = new KeyValueCache(kernels, batch, schedule.longestOwn(), scope)) {
      List<Sequence> running = new ArrayList<>();
      while (!schedule.isDone()) {
        stopIfCancelled();
        while (running.size() < batch && schedule.hasWaiting()) {
          stopIfCancelled();
          Schedule.Admission admission = schedule.next(batch - running.size(), stop);
          for (Sequence sequence : admission.settled()) {
            finish(sequence, schedule, stop, progress);
          }
          if (!admission.sequences().isEmpty()) {
            admit(admission, running, cache, config);
          }
          retire(running, schedule, cache, stop, progress);
        }
        if (!running.isEmpty()) {
          decode(running, cache, how);
          retire(running, schedule, cache, stop, progress);
        }
        progress.cache(cache.usedBytes(running), cache.heldBytes());
        progress.update(schedule.finished(), running.size(), schedule.sampledTokens(running));
      }
    }
    return schedule.results();
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
      kernels.release();
      kernels = other;
      quantization = wanted;
    }
  }

  private void stopIfCancelled() {
    if (cancelled || Thread.currentThread().isInterrupted()) {
      cancelled = false;
      throw new CancellationException("generation was cancelled");
    }
  }

  /** Reads the prompts of new sequences and samples their first tokens. */
  private void admit(
      Schedule.Admission admission,
      List<Sequence> running,
      KeyValueCache cache,
      SamplingConfig config) {
    int[][] prompts = admission.prompts();
    int chunk = Math.max(1, config.prefillChunk() / prompts.length);
    List<Sequence> sequences = admission.sequences();
    try (Scope step = scope.open()) {
      List<NDArray> prefilled = kernels.prefill(prompts, chunk, step);
      NDArray hidden = prefilled.get(prefilled.size() - 1);
      long[] owner = admission.owner();
      cache.admit(prefilled, prompts, owner, sequences);
      append(
          sequences,
          kernels.sampleFirst(
              hidden, owner, uniforms(sequences), config.parameters(), cache.logits(), step));
    }
    running.addAll(sequences);
  }

  /** One more token for each running sequence. */
  private void decode(List<Sequence> running, KeyValueCache cache, SamplingParameters how) {
    DecodingStep next = cache.step(running);
    try (Scope step = scope.open()) {
      append(
          running,
          kernels.decodeAndSample(
              cache.prefixes(), cache.rows(), next, uniforms(running), how, cache.logits(), step));
    }
  }

  private static float[] uniforms(List<Sequence> sequences) {
    float[] uniforms = new float[sequences.size()];
    for (int i = 0; i < uniforms.length; i++) {
      uniforms[i] = sequences.get(i).nextUniform();
    }
    return uniforms;
  }

  private static void append(List<Sequence> sequences, List<NDArray> sampled) {
    long[] tokens = sampled.get(0).toLongArray();
    float[] samplingLogProbs = sampled.get(1).toFloatArray();
    float[] policyLogProbs = sampled.get(2).toFloatArray();
    for (int i = 0; i < tokens.length; i++) {
      if (!Float.isFinite(policyLogProbs[i])) {
        throw new IllegalStateException(
            "the policy's logits are not finite: its weights have diverged; lower"
                + " optimizer.learning_rate, or set optimizer.max_grad_norm");
      }
      sequences.get(i).add((int) tokens[i], samplingLogProbs[i], policyLogProbs[i]);
    }
  }

  /** Takes finished sequences out; the last row moves into the hole, so that rows stay packed. */
  private static void retire(
      List<Sequence> running,
      Schedule schedule,
      KeyValueCache cache,
      StopCondition stop,
      Progress progress) {
    for (int row = running.size() - 1; row >= 0; row--) {
      Sequence sequence = running.get(row);
      if (sequence.isFinished(stop)) {
        finish(sequence, schedule, stop, progress);
        int last = running.size() - 1;
        Sequence moved = running.remove(last);
        cache.leave(sequence, row, moved, last);
        if (row != last) {
          running.set(row, moved);
        }
      }
    }
  }

  private static void finish(
      Sequence sequence, Schedule schedule, StopCondition stop, Progress progress) {
    Generation generation = sequence.finish(stop);
    schedule.finish(sequence, generation);
    progress.finished(sequence.request(), sequence.sample(), generation);
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
              + "); lower sampling.max_new_tokens");
    }
  }

  /** Rows that the budget of the cache allows; what has none waits. */
  int batch(Schedule schedule, SamplingConfig config) {
    long rows = positions(config) / Math.max(1, schedule.longest());
    if (rows == 0 && schedule.total() > 0) {
      throw new IllegalArgumentException(
          "one sequence of "
              + schedule.longest()
              + " tokens needs "
              + (schedule.longest() * kernels.cacheBytesPerToken() / (1 << 20) + 1)
              + " MB of keys and values, sampling.kv_cache_mb is "
              + config.kvCacheMb()
              + "; raise it, or lower sampling.max_new_tokens");
    }
    return (int) Math.min(rows, Math.min(config.maxBatch(), schedule.total()));
  }

  private long positions(SamplingConfig config) {
    return ((long) config.kvCacheMb() << 20) / kernels.cacheBytesPerToken();
  }

  /** What it decodes with, for measuring. */
  public DecodingKernels kernels() {
    return kernels;
  }

  @Override
  public void close() {
    scope.close();
  }
}
