package org.r1zero.rollout.generation;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.r1zero.grpo.model.DecodingKernels;
import org.r1zero.grpo.model.DecodingStep;
import org.r1zero.grpo.model.RowSegments;
import org.r1zero.grpo.torch.Scope;

/**
 * Keys and values of running sequences. What was read before sampling is in a slot for all who
 * share it, what a sequence sampled in a row of its own, after what kernels don't share of its
 * slot. Slots and rows in use are always the first ones; both have room for a little more than is
 * needed and grow by a quarter.
 */
final class KeyValueCache implements AutoCloseable {
  private static final int STEP = 32;

  private final DecodingKernels kernels;
  private final KeptConversations kept;
  private final Scope scope;
  private final int mostRows;
  private final int mostOwn;
  private final NDArray logits;
  private final List<Slot> slots = new ArrayList<>();
  private List<NDArray> prefixes = List.of();
  private int slotRoom;
  private int prefixTime;
  private List<NDArray> rows;
  private int rowRoom;
  private int ownTime;

  /** What sequences share: how many positions of it there are, and how many use it. */
  static final class Slot {
    private final int length;
    private int index;
    private int users;

    Slot(int length, int index) {
      this.length = length;
      this.index = index;
    }
  }

  /**
   * Makes room.
   *
   * @param mostRows most sequences that ever run at once
   * @param mostOwn most positions that a sequence ever fills by what it samples
   * @param mostTokens most tokens of a step
   * @param kept makes room for this
   */
  KeyValueCache(
      DecodingKernels kernels,
      int mostRows,
      int mostOwn,
      int mostTokens,
      KeptConversations kept,
      Scope parent) {
    this.kernels = kernels;
    this.kept = kept;
    this.scope = parent.open();
    this.mostRows = mostRows;
    this.mostOwn = Math.max(1, mostOwn + kernels.sharedUnit() - 1);
    this.ownTime = Math.min(this.mostOwn, STEP);
    this.rowRoom = mostRows;
    kept.use(this, bytes(rowRoom, ownTime, 0, 0));
    this.rows = kernels.newCache(mostRows, ownTime, scope);
    this.logits = kernels.newLogits(mostTokens, scope);
  }

  /** Room for the logits of a step. */
  NDArray logits() {
    return logits;
  }

  /**
   * Takes in prompts that were read.
   *
   * @param prefilled their keys and values
   * @return where each is
   */
  List<Slot> fill(List<NDArray> prefilled, int[][] prompts) {
    int first = slots.size();
    int longest = 0;
    for (int[] prompt : prompts) {
      longest = Math.max(longest, prompt.length);
      slots.add(new Slot(prompt.length, slots.size()));
    }
    reserveSlots(longest);
    kernels.fillSlots(prefixes, prefilled, first);
    return List.copyOf(slots.subList(first, slots.size()));
  }

  /** A sequence follows what is in a slot. */
  void place(Sequence sequence, Slot slot) {
    slot.users++;
    sequence.place(slot, kernels.shared(slot.length));
  }

  /** Keeps a slot, whoever uses it, until it is {@link #release released}. */
  void hold(Slot slot) {
    slot.users++;
  }

  private void reserveSlots(int longest) {
    if (slots.size() <= slotRoom && longest <= prefixTime) {
      return;
    }
    int room = slotRoom;
    if (slots.size() > room) {
      room = Math.max(slots.size(), Math.min(mostRows, room + room / 4));
    }
    int time = Math.max(prefixTime, longest);
    kept.use(this, bytes(rowRoom, ownTime, room, time));
    prefixes =
        prefixes.isEmpty()
            ? kernels.newCache(room, time, scope)
            : kernels.grow(prefixes, room, time, scope);
    slotRoom = room;
    prefixTime = time;
  }

  /**
   * The next step of these sequences, with room for it.
   *
   * @param drafts what each may draw next
   */
  DecodingStep step(List<Sequence> running, int[][] drafts) {
    int n = running.size();
    int all = n + Arrays.stream(drafts).mapToInt(some -> some.length).sum();
    long[] tokens = new long[all];
    long[] positions = new long[all];
    long[] own = new long[all];
    int[] slotOf = new int[all];
    int[] rowOf = new int[all];
    long[] filled = new long[n];
    int longest = 0;
    for (int row = 0, i = 0; row < n; row++) {
      Sequence sequence = running.get(row);
      filled[row] = sequence.ownPositions();
      for (int ahead = 0; ahead <= drafts[row].length; ahead++, i++) {
        tokens[i] = ahead == 0 ? sequence.lastToken() : drafts[row][ahead - 1];
        positions[i] = sequence.lastPosition() + (long) ahead;
        own[i] = sequence.ownPositions() + (long) ahead;
        slotOf[i] = sequence.slot().index;
        rowOf[i] = row;
      }
      longest = Math.max(longest, sequence.ownPositions() + drafts[row].length);
    }
    if (longest >= ownTime || n > rowRoom) {
      // rows that are free now stay so unless others wait, and then none is free
      rowRoom = n;
      ownTime = Math.min(mostOwn, roundUp(Math.max(longest + 1, ownTime + ownTime / 4)));
      kept.use(this, heldBytes());
      rows = kernels.grow(rows, rowRoom, ownTime, scope);
    }
    for (int i = 0; i < n; i++) {
      Sequence sequence = running.get(i);
      if (!sequence.hasBegun()) {
        kernels.branch(prefixes, sequence.slot().index, sequence.slot().length, rows, i);
        sequence.begin();
      }
    }
    long[] lengths = slots.stream().mapToLong(slot -> kernels.shared(slot.length)).toArray();
    RowSegments segments = RowSegments.of(filled);
    return new DecodingStep(tokens, positions, own, slotOf, rowOf, lengths, segments);
  }

  private static int roundUp(int time) {
    return (time + STEP - 1) / STEP * STEP;
  }

  List<NDArray> prefixes() {
    return prefixes;
  }

  List<NDArray> rows() {
    return rows;
  }

  /** Moves a sequence to the row of one that has left. */
  void move(Sequence sequence, int row, int to) {
    if (sequence.hasBegun()) {
      kernels.moveRow(rows, row, to, sequence.ownPositions());
    }
  }

  /** Keeps what a finished sequence has in its slot and its row. */
  void keep(Sequence sequence, int row) {
    if (!kernels.keeps()) {
      return;
    }
    Slot slot = sequence.slot();
    int own = sequence.hasBegun() ? sequence.ownPositions() : 0;
    int inSlot = sequence.hasBegun() ? kernels.shared(slot.length) : slot.length;
    kept.put(
        sequence.known(),
        kernels,
        owner -> kernels.keep(prefixes, slot.index, inSlot, rows, row, own, owner));
  }

  /** A user of a slot goes; without any, the last slot moves to its place. */
  void release(Slot slot) {
    slot.users--;
    if (slot.users == 0) {
      Slot moved = slots.remove(slots.size() - 1);
      if (moved != slot) {
        kernels.moveRow(prefixes, moved.index, slot.index, moved.length);
        slots.set(slot.index, moved);
        moved.index = slot.index;
      }
    }
  }

  /** Bytes of keys and values that running sequences have and share. */
  long usedBytes(List<Sequence> running) {
    long positions = running.stream().mapToLong(Sequence::ownPositions).sum();
    positions += slots.stream().mapToLong(slot -> slot.length).sum();
    return positions * kernels.cacheBytesPerToken();
  }

  /** Bytes of keys and values that there is room for. */
  long heldBytes() {
    return bytes(rowRoom, ownTime, slotRoom, prefixTime);
  }

  private long bytes(int rowCount, int rowTime, int slotCount, int slotTime) {
    return rowCount * kernels.rowBytes(rowTime) + slotCount * kernels.rowBytes(slotTime);
  }

  @Override
  public void close() {
    kept.leave(this);
    scope.close();
  }
}
