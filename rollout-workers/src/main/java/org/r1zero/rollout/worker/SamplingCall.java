package org.r1zero.rollout.worker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.rollout.generation.SamplingListener;
import org.r1zero.rollout.generation.SamplingStatus;
import org.r1zero.verify.reward.Reward;

/**
 * The units of one call: which wait, which are being sampled, which are done. All methods are for
 * several threads; the listener is called under this call's lock.
 */
final class SamplingCall {
  private final List<WorkUnit> units;
  private final SamplingConfig config;
  private final Weights weights;
  private final SamplingListener listener;
  private final Deque<Integer> waiting = new ArrayDeque<>();
  private final boolean[][][] delivered;
  private final SamplingStatus[] progress;
  private final int[] undelivered;
  private final long[] tokens;
  private final int[] losses;
  private int missing;
  private int active;
  private @Nullable RuntimeException failure;

  SamplingCall(
      List<WorkUnit> units, SamplingConfig config, Weights weights, SamplingListener listener) {
    this.units = List.copyOf(units);
    this.config = config;
    this.weights = weights;
    this.listener = listener;
    int n = units.size();
    this.delivered = new boolean[n][][];
    this.progress = new SamplingStatus[n];
    this.undelivered = units.stream().mapToInt(WorkUnit::sequences).toArray();
    this.tokens = new long[n];
    this.losses = new int[n];
    this.missing = n;
    for (int i = 0; i < n; i++) {
      waiting.add(i);
      progress[i] = SamplingStatus.waiting(undelivered[i]);
      List<boolean[]> flags = new ArrayList<>();
      units.get(i).requests().forEach(request -> flags.add(new boolean[request.seeds().length]));
      delivered[i] = flags.toArray(boolean[][]::new);
    }
  }

  WorkUnit unit(int index) {
    return units.get(index);
  }

  SamplingConfig config() {
    return config;
  }

  Weights weights() {
    return weights;
  }

  /**
   * Takes a unit that waits. A worker has a stretch of its own, so that it gets the later turns of
   * the conversations that it keeps, and takes others' units only when that is empty.
   *
   * @param place the worker's, of so many
   * @return -1 where none waits
   */
  synchronized int take(int place, int places) {
    if (failure != null || waiting.isEmpty()) {
      return -1;
    }
    active++;
    for (int unit : waiting) {
      if (losses[unit] > 0 || (long) unit * places / units.size() == place) {
        waiting.remove(unit);
        return unit;
      }
    }
    return waiting.removeLast();
  }

  synchronized void progress(int unit, SamplingStatus now, int workers, int replaced) {
    progress[unit] = now;
    if (failure == null) {
      tell(() -> listener.status(SamplingStatus.sum(Arrays.asList(progress), workers, replaced)));
    }
  }

  /** Notes how far units are that are not done. */
  synchronized void sampled(Map<Integer, Cluster.Sampled> known) {
    known.forEach(
        (unit, now) -> {
          if (undelivered[unit] > 0) {
            int finished = (int) Math.min(now.finished(), units.get(unit).sequences());
            progress[unit] =
                new SamplingStatus(
                    finished,
                    units.get(unit).sequences() - finished,
                    0,
                    now.tokens(),
                    SamplingStatus.Cache.NONE,
                    1,
                    0);
          }
        });
  }

  /** Tells the listener how far the call is; it may end the call. */
  synchronized void beat(int workers, int replaced) {
    if (!isOver()) {
      tell(() -> listener.status(SamplingStatus.sum(Arrays.asList(progress), workers, replaced)));
    }
  }

  /** Whether all completions of a unit have come. */
  synchronized boolean isDone(int unit) {
    return undelivered[unit] == 0;
  }

  /** Hands a completion on, the first time that it is finished. */
  void deliver(int unit, int request, int sample, Generation generation) {
    deliver(unit, request, sample, generation, null);
  }

  /** The same, with the reward that it was given where it was sampled. */
  synchronized void deliver(
      int unit, int request, int sample, Generation generation, @Nullable Reward reward) {
    if (failure == null && !delivered[unit][request][sample]) {
      delivered[unit][request][sample] = true;
      undelivered[unit]--;
      tokens[unit] += generation.tokens().length;
      int index = units.get(unit).first() + request;
      tell(
          reward != null && listener instanceof JudgedListener judged
              ? () -> judged.judged(index, sample, generation, reward)
              : () -> listener.finished(index, sample, generation));
    }
  }

  /** What the listener throws ends the call, and is thrown to the caller. */
  private void tell(Runnable what) {
    try {
      what.run();
    } catch (RuntimeException e) {
      fail(e);
      throw new SamplingCancelledException();
    }
  }

  /**
   * Notes that a unit is done.
   *
   * @throws IllegalStateException if completions of it have not come
   */
  synchronized void complete(int unit) {
    if (undelivered[unit] > 0) {
      throw new IllegalStateException(
          "a rollout worker ended its unit without " + undelivered[unit] + " of its completions");
    }
    // a process's last heartbeat is older than its last completions
    progress[unit] =
        new SamplingStatus(
            units.get(unit).sequences(), 0, 0, tokens[unit], SamplingStatus.Cache.NONE, 1, 0);
    missing--;
    active--;
    notifyAll();
  }

  /**
   * Puts a unit back, whose worker was lost; the next free worker takes it first.
   *
   * @return how often that has happened to it
   */
  synchronized int putBack(int unit) {
    progress[unit] = SamplingStatus.waiting(units.get(unit).sequences());
    waiting.addFirst(unit);
    active--;
    notifyAll();
    return ++losses[unit];
  }

  /** Gives a unit up. */
  synchronized void release(int unit) {
    progress[unit] = SamplingStatus.waiting(units.get(unit).sequences());
    active--;
    notifyAll();
  }

  /** Ends the call; the first reason counts. */
  synchronized void fail(RuntimeException reason) {
    if (failure == null && missing > 0) {
      failure = reason;
      notifyAll();
    }
  }

  synchronized boolean isOver() {
    return failure != null || missing == 0;
  }

  synchronized void awaitOver() throws InterruptedException {
    while (!isOver()) {
      wait();
    }
  }

  /** Waits until no worker is at it any more. */
  synchronized boolean awaitIdle(long millis) throws InterruptedException {
    long end = System.nanoTime() + millis * 1_000_000;
    while (active > 0) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  /** Throws what the call failed with, if it did. */
  synchronized void requireDone() {
    if (failure != null) {
      throw failure;
    }
  }
}
