package org.r1zero.rollout.generation;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.r1zero.grpo.model.DecodingKernels;
import org.r1zero.grpo.model.DecodingStep;
import org.r1zero.grpo.model.RowSegments;
import org.r1zero.grpo.model.SampledTokens;
import org.r1zero.grpo.torch.Scope;

/**
 * Samples a schedule's sequences with continuous batching, in a cache of its own. One thread's; the
 * weights are all lanes'.
 *
 * @param batch most sequences that run at once
 * @param kept conversations that may go on
 */
record DecodingLane(
    DecodingKernels kernels,
    Scope scope,
    Schedule schedule,
    int batch,
    KeptConversations kept,
    SamplingConfig config,
    StopCondition stop,
    SamplingListener listener) {

  /**
   * Samples all.
   *
   * @param cancelled asked before each step
   * @param failed told where an exception ends this lane, so that the others end too
   * @return completions sampled
   * @throws CancellationException if it was cancelled, or this thread interrupted
   */
  int run(BooleanSupplier cancelled, Runnable failed) {
    try (Scope own = scope.open();
        KeyValueCache cache = new KeyValueCache(kernels, batch, schedule.longestOwn(), kept, own)) {
      PromptReader reader = new PromptReader(kernels, cache, kept, config.prefillChunk(), own);
      List<Sequence> running = new ArrayList<>();
      while (!schedule.isDone()) {
        stopIf(cancelled);
        while (running.size() < batch && schedule.hasWaiting()) {
          stopIf(cancelled);
          Schedule.Admission admission = schedule.next(batch - running.size(), stop);
          admission.settled().forEach(this::finish);
          if (!admission.sequences().isEmpty()) {
            running.addAll(admit(admission, reader, cache));
          }
          retire(running, RowSegments.NONE, cache);
        }
        if (!running.isEmpty()) {
          DecodingStep step = cache.step(running);
          decode(running, step, cache);
          listener.step(running.size(), 1);
          retire(running, step.segments(), cache);
        }
        listener.status(
            SamplingStatus.of(
                schedule.total(),
                schedule.finished(),
                running.size(),
                schedule.sampledTokens(running),
                new SamplingStatus.Cache(cache.usedBytes(running), cache.heldBytes())));
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
  private List<Sequence> admit(
      Schedule.Admission admission, PromptReader reader, KeyValueCache cache) {
    List<Sequence> sequences = admission.sequences();
    try (Scope step = scope.open()) {
      PromptReader.Read read = reader.read(admission, step);
      append(
          sequences,
          kernels.sampleFirst(
              read.hidden(),
              read.owner(),
              uniforms(sequences),
              config.parameters(),
              cache.logits(),
              step));
    }
    return sequences;
  }

  /** One more token for each running sequence. */
  private void decode(List<Sequence> running, DecodingStep next, KeyValueCache cache) {
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

  private static void append(List<Sequence> sequences, SampledTokens sampled) {
    long[] tokens = sampled.tokens();
    float[] samplingLogProbs = sampled.samplingLogProbs();
    float[] policyLogProbs = sampled.policyLogProbs();
    for (int i = 0; i < tokens.length; i++) {
      if (!Float.isFinite(policyLogProbs[i])) {
        throw new IllegalStateException(
            "the policy's logits are not finite: its weights have diverged; lower"
                + " optimizer.learning_rate, or set optimizer.max_grad_norm");
      }
      sequences.get(i).add((int) tokens[i], samplingLogProbs[i], policyLogProbs[i]);
    }
  }

  /** Takes finished sequences out; others move into their rows, so that rows stay packed. */
  private void retire(List<Sequence> running, RowSegments segments, KeyValueCache cache) {
    for (int row = running.size() - 1; row >= 0; row--) {
      Sequence sequence = running.get(row);
      if (sequence.isFinished(stop)) {
        if (sequence.isKept(stop)) {
          cache.keep(sequence, row);
        }
        finish(sequence);
        cache.release(sequence.slot());
        int hole = row;
        while (hole < running.size() - 1) {
          int from = filler(hole, running, segments);
          cache.move(running.get(from), from, hole);
          running.set(hole, running.get(from));
          hole = from;
        }
        running.remove(hole);
      }
    }
  }

  /** The last row, or the longest of the next stretch, so that long rows stay before short ones. */
  private static int filler(int hole, List<Sequence> running, RowSegments segments) {
    int last = running.size() - 1;
    int next = segments.endOf(hole);
    if (next > last) {
      return last;
    }
    int longest = next;
    for (int row = next; row < Math.min(segments.endOf(next), running.size()); row++) {
      if (running.get(row).ownPositions() > running.get(longest).ownPositions()) {
        longest = row;
      }
    }
    return longest;
  }

  private void finish(Sequence sequence) {
    Generation generation = sequence.finish(stop);
    schedule.finish(generation);
    listener.finished(sequence.request(), sequence.sample(), generation);
  }
}
