package org.r1zero.rollout.generation;

import static java.util.Objects.requireNonNull;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.model.DecodingKernels;
import org.r1zero.grpo.torch.Scope;

/**
 * Reads the prompts of new sequences into a lane's cache. A prompt whose group still waits in part
 * stays there with its last hidden state, and is not read again.
 */
final class PromptReader {
  private final DecodingKernels kernels;
  private final KeyValueCache cache;
  private final KeptConversations kept;
  private final int chunk;
  private final Scope scope;
  private @Nullable Held held;

  /** A prompt that is used again, and its last hidden state {@code [1, D]}. */
  private record Held(KeyValueCache.Slot slot, NDArray hidden) {}

  /**
   * Reads into a cache.
   *
   * @param kept what is known of prompts that are conversations so far
   * @param chunk most tokens that are computed at once
   * @param scope owns what stays between calls
   */
  PromptReader(
      DecodingKernels kernels,
      KeyValueCache cache,
      KeptConversations kept,
      int chunk,
      Scope scope) {
    this.kernels = kernels;
    this.cache = cache;
    this.kept = kept;
    this.chunk = chunk;
    this.scope = scope;
  }

  /**
   * What the first tokens are drawn from.
   *
   * @param hidden arrays {@code [P, D]} of prompts' last hidden states, one after the other
   * @param owner which of these prompts each sequence follows
   */
  record Read(List<NDArray> hidden, long[] owner) {}

  /** Reads an admission's prompts and places its sequences. */
  Read read(Schedule.Admission admission, Scope step) {
    int[][] prompts = admission.prompts();
    List<NDArray> hidden = new ArrayList<>();
    List<KeyValueCache.Slot> slots = new ArrayList<>();
    if (LongStream.of(admission.owner()).anyMatch(o -> o == Schedule.HELD)) {
      Held again = requireNonNull(held);
      hidden.add(again.hidden());
      slots.add(again.slot());
    }
    int first = slots.size();
    NDArray newest = null;
    if (prompts.length > 0) {
      List<NDArray> prefilled;
      try (KeptConversations.Known known = kept.take(prompts)) {
        int atOnce = Math.max(1, chunk / prompts.length);
        prefilled = kernels.prefill(prompts, known.kept(), atOnce, step);
      }
      slots.addAll(cache.fill(prefilled, prompts));
      newest = prefilled.get(prefilled.size() - 1);
      hidden.add(newest);
    }
    long[] owner =
        LongStream.of(admission.owner()).map(o -> o == Schedule.HELD ? 0 : first + o).toArray();
    for (int i = 0; i < owner.length; i++) {
      cache.place(admission.sequences().get(i), slots.get((int) owner[i]));
    }
    if (admission.toHold() != Schedule.HELD) {
      release(step);
    }
    if (admission.toHold() >= 0) {
      KeyValueCache.Slot slot = slots.get(first + admission.toHold());
      cache.hold(slot);
      held = new Held(slot, kernels.row(requireNonNull(newest), admission.toHold(), scope));
    }
    return new Read(hidden, owner);
  }

  /** Lets what is held go, when the step that may use it is over. */
  private void release(Scope step) {
    if (held != null) {
      cache.release(held.slot());
      step.keep(held.hidden());
      held = null;
    }
  }
}
