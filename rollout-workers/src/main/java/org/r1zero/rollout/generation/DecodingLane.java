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
    // with filters a draw's last bits depend on which rows are drawn beside it
    boolean drafted = kernels.checksDrafts() && !config.parameters().hasFilters();
    Drafts drafts = new Drafts(drafted ? config.draftTokens() : 0);
    try (Scope own = scope.open();
        KeyValueCache cache =
            new KeyValueCache(
                kernels, batch, schedule.longestOwn(), drafts.mostTokens(batch), kept, own)) {
      PromptReader reader = new PromptReader(kernels, cache, kept, config.prefillChunk(), own);
      List<Sequence> running = new ArrayList<>();
      while (!schedule.isDone()) {
        stopIf(cancelled);
        while (running.size() < batch && schedule.hasWaiting()) {
          stopIf(cancelled);
          Schedule.Admission admission = schedule.next(batch - running.size(), stop);
          admission.settled().forEach(settled -> finish(settled, drafts));
          if (!admission.sequences().isEmpty()) {
            running.addAll(admit(admission, reader, cache));
          }
          retire(running, RowSegments.NONE, cache, drafts);
        }
        if (!running.isEmpty()) {
          DecodingStep step = cache.step(running, drafts.next(running));
          decode(running, step, cache);
          listener.step(step.tokens().length, 1);
          retire(running, step.segments(), cache, drafts);
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
      float[] uniforms = new float[sequences.size()];
      for (int i = 0; i < uniforms.length; i++) {
        uniforms[i] = sequences.get(i).uniform(0);
      }
      SampledTokens sampled =
          kernels.sampleFirst(
              read.hidden(), read.owner(), uniforms, config.parameters(), cache.logits(), step);
      for (int i = 0; i < uniforms.length; i++) {
        append(sequences.get(i), sampled, i);
      }
    }
    return sequences;
  }

  /** One more token for each running sequence, and another for each draft that was right. */
  private void decode(List<Sequence> running, DecodingStep next, KeyValueCache cache) {
    try (Scope step = scope.open()) {
      int[] rows = next.rows();
      float[] uniforms = new float[rows.length];
      for (int i = 0; i < rows.length; i++) {
        Sequence sequence = running.get(rows[i]);
        uniforms[i] = sequence.uniform((int) (next.own()[i] - sequence.ownPositions()));
      }
      SampledTokens sampled =
          kernels.decodeAndSample(
              cache.prefixes(),
              cache.rows(),
              next,
              uniforms,
              config.parameters(),
              cache.logits(),
              step);
      boolean right = true; // nothing that follows a wrong draft is
      for (int i = 0; i < rows.length; i++) {
        Sequence sequence = running.get(rows[i]);
        boolean isDraft = i > 0 && rows[i] == rows[i - 1];
        right = !isDraft || (right && goesOn(sequence, next, sampled, i));
        if (right) {
          append(sequence, sampled, i);
        }
      }
    }
  }

  /** Whether the token of a step is what its sequence has drawn, and not its last. */
  private boolean goesOn(Sequence sequence, DecodingStep step, SampledTokens sampled, int i) {
    return sampled.tokens()[i - 1] == step.tokens()[i] && !sequence.isFinished(stop);
  }

  private static void append(Sequence sequence, SampledTokens sampled, int i) {
    if (!Float.isFinite(sampled.policyLogProbs()[i])) {
      throw new IllegalStateException(
          "the policy's logits are not finite: its weights have diverged; lower"
              + " optimizer.learning_rate, or set optimizer.max_grad_norm");
    }
    sequence.add(
        (int) sampled.tokens()[i], sampled.samplingLogProbs()[i], sampled.policyLogProbs()[i]);
  }

  /** Takes finished sequences out; others move into their rows, so that rows stay packed. */
  private void retire(
      List<Sequence> running, RowSegments segments, KeyValueCache cache, Drafts drafts) {
    for (int row = running.size() - 1; row >= 0; row--) {
      Sequence sequence = running.get(row);
      if (sequence.isFinished(stop)) {
        if (sequence.isKept(stop)) {
          cache.keep(sequence, row);
        }
        finish(sequence, drafts);
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

  private void finish(Sequence sequence, Drafts drafts) {
    drafts.ended(sequence, schedule.groupSize(sequence.request()));
    Generation generation = sequence.finish(stop);
    schedule.finish(generation);
    listener.finished(sequence.request(), sequence.sample(), generation);
  }
}
