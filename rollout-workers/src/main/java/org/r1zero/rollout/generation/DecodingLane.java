package org.r1zero.rollout.generation;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.r1zero.grpo.model.DecodingKernels;
import org.r1zero.grpo.model.DecodingStep;
import org.r1zero.grpo.torch.Scope;

/**
 * Samples a schedule's sequences with continuous batching, in a cache of its own. One thread's; the
 * weights are all lanes'.
 *
 * @param batch most sequences that run at once
 */
record DecodingLane(
    DecodingKernels kernels,
    Scope scope,
    Schedule schedule,
    int batch,
    SamplingConfig config,
    StopCondition stop,
    Generator.Progress progress) {

  /**
   * Samples all.
   *
   * @param cancelled asked before each step
   * @param failed told where an exception ends this lane, so that the others end too
   * @return completions sampled
   * @throws CancellationException if it was cancelled, or this thread interrupted
   */
  int run(BooleanSupplier cancelled, Runnable failed) {
    try (KeyValueCache cache = new KeyValueCache(kernels, batch, schedule.longestOwn(), scope)) {
      List<Sequence> running = new ArrayList<>();
      while (!schedule.isDone()) {
        stopIf(cancelled);
        while (running.size() < batch && schedule.hasWaiting()) {
          stopIf(cancelled);
          Schedule.Admission admission = schedule.next(batch - running.size(), stop);
          admission.settled().forEach(this::finish);
          if (!admission.sequences().isEmpty()) {
            admit(admission, running, cache);
          }
          retire(running, cache);
        }
        if (!running.isEmpty()) {
          decode(running, cache);
          progress.step(running.size(), 1);
          retire(running, cache);
        }
        progress.cache(cache.usedBytes(running), cache.heldBytes());
        progress.update(schedule.finished(), running.size(), schedule.sampledTokens(running));
      }
      return schedule.finished();
    } catch (RuntimeException | Error e) {
      failed.run();
      throw e;
    }
  }

  private static void stopIf(BooleanSupplier cancelled) {
    if (cancelled.getAsBoolean() || Thread.currentThread().isInterrupted()) {
      throw new CancellationException("generation was cancelled");
    }
  }

  /** Reads the prompts of new sequences and samples their first tokens. */
  private void admit(Schedule.Admission admission, List<Sequence> running, KeyValueCache cache) {
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
  private void decode(List<Sequence> running, KeyValueCache cache) {
    DecodingStep next = cache.step(running);
    try (Scope step = scope.open()) {
      append(
          running,
          kernels.decodeAndSample(
              cache.prefixes(),
              cache.rows(),
              next,
              uniforms(running),
              config.parameters(),
              cache.logits(),
              step));
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
  private void retire(List<Sequence> running, KeyValueCache cache) {
    for (int row = running.size() - 1; row >= 0; row--) {
      Sequence sequence = running.get(row);
      if (sequence.isFinished(stop)) {
        finish(sequence);
        int last = running.size() - 1;
        Sequence moved = running.remove(last);
        cache.leave(sequence, row, moved, last);
        if (row != last) {
          running.set(row, moved);
        }
      }
    }
  }

  private void finish(Sequence sequence) {
    Generation generation = sequence.finish(stop);
    schedule.finish(sequence, generation);
    progress.finished(sequence.request(), sequence.sample(), generation);
  }
}
