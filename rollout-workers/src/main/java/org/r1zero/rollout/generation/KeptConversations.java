package org.r1zero.rollout.generation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.r1zero.grpo.model.DecodingKernels;
import org.r1zero.grpo.model.DecodingKernels.Kept;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;

/**
 * Keys and values of conversations whose environments answer, found again by their tokens. They
 * have what the caches of running sequences leave of {@code kv_cache_mb}; those that have waited
 * longest are dropped, and read again when they go on. Since kept and read ones have the same bits,
 * nothing but time depends on what is here.
 *
 * <p>For all lanes of a generator at once.
 */
final class KeptConversations implements AutoCloseable {
  private final List<Entry> entries = new ArrayList<>(); // the longest unused first
  private final Map<Object, Long> running = new HashMap<>();
  private final Scope scope;
  private long budget;
  private long bytes;
  private long positionsTaken;

  private record Entry(int[] tokens, Kept kept, Scope owner, long bytes) {
    boolean begins(int[] prompt) {
      return tokens.length < prompt.length
          && Arrays.equals(tokens, 0, tokens.length, prompt, 0, tokens.length);
    }
  }

  /**
   * What was known of some prompts.
   *
   * @param kept of each what it begins with, or nothing
   */
  record Known(List<Optional<Kept>> kept, List<Scope> owners) implements AutoCloseable {
    Known {
      kept = List.copyOf(kept);
      owners = List.copyOf(owners);
    }

    @Override
    public void close() {
      owners.forEach(Scope::close);
    }
  }

  KeptConversations(Scope parent) {
    this.scope = parent.open();
  }

  /**
   * Begins a call, when no lane runs.
   *
   * @param budget how many bytes there are for running sequences and what is kept, together
   */
  synchronized void begin(long budget) {
    this.budget = budget;
    running.clear(); // a lane that had no memory to begin with has not left
    makeRoom(0);
  }

  /** Notes how many bytes a lane's cache has; what is kept makes room for it. */
  synchronized void use(Object lane, long held) {
    running.put(lane, held);
    makeRoom(0);
  }

  /** Notes that a lane has ended. */
  synchronized void leave(Object lane) {
    running.remove(lane);
  }

  /**
   * Keeps a copy of a sequence's keys and values, where there is room. Conversations that say the
   * same have a copy each: each goes on once.
   *
   * @param tokens that they are of
   */
  synchronized void put(int[] tokens, DecodingKernels kernels, Copy copy) {
    long size = kernels.rowBytes(tokens.length);
    if (size > free(size)) {
      return;
    }
    makeRoom(size);
    Scope owner = scope.open();
    try {
      entries.add(new Entry(tokens, copy.to(owner), owner, size));
      bytes += size;
    } catch (RuntimeException | Error e) {
      owner.close();
      if (!Torch.isOutOfMemory(e)) {
        throw e;
      }
      clear(); // what runs needs the memory more
    }
  }

  /** Makes a copy. */
  @FunctionalInterface
  interface Copy {
    Kept to(Scope owner);
  }

  private long free(long most) {
    long used = running.values().stream().mapToLong(Long::longValue).sum();
    return Math.min(most, budget - used);
  }

  private void makeRoom(long wanted) {
    while (!entries.isEmpty() && bytes + wanted > free(Long.MAX_VALUE)) {
      drop(entries.get(0));
    }
  }

  private void drop(Entry entry) {
    entries.remove(entry);
    bytes -= entry.bytes;
    entry.owner.close();
  }

  /** Takes out the longest that each prompt begins with. */
  synchronized Known take(int[][] prompts) {
    List<Optional<Kept>> kept = new ArrayList<>();
    List<Scope> owners = new ArrayList<>();
    for (int[] prompt : prompts) {
      Optional<Entry> best =
          entries.stream()
              .filter(entry -> entry.begins(prompt))
              .max((a, b) -> Integer.compare(a.tokens.length, b.tokens.length));
      best.ifPresent(
          entry -> {
            entries.remove(entry);
            bytes -= entry.bytes;
            owners.add(entry.owner);
            positionsTaken += entry.tokens.length;
          });
      kept.add(best.map(Entry::kept));
    }
    return new Known(kept, owners);
  }

  /** Drops all. */
  synchronized void clear() {
    List.copyOf(entries).forEach(this::drop);
  }

  /** Bytes that are kept. */
  synchronized long bytes() {
    return bytes;
  }

  /** Positions that did not have to be read again, since this was made. */
  synchronized long positionsTaken() {
    return positionsTaken;
  }

  @Override
  public void close() {
    clear();
    scope.close();
  }
}
