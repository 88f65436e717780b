package org.r1zero.rollout.worker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.generation.SamplingConfig;

/**
 * The units of one call: which wait, which are being sampled, and what the others became. All
 * methods are for several threads; the listener is called under this call's lock.
 */
final class SamplingCall {
  private final List<WorkUnit> units;
  private final SamplingConfig config;
  private final Weights weights;
  private final SamplingListener listener;
  private final Deque<Integer> waiting = new ArrayDeque<>();
  private final List<@Nullable List<List<Generation>>> results;
  private final boolean[][][] delivered;
  private final UnitProgress[] progress;
  private final int[] losses;
  private final int sequences;
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
    this.results = new ArrayList<>(Collections.nCopies(n, null));
    this.delivered = new boolean[n][][];
    this.progress = new UnitProgress[n];
    Arrays.fill(progress, UnitProgress.NONE);
    this.losses = new int[n];
    this.sequences = units.stream().mapToInt(WorkUnit::sequences).sum();
    this.missing = n;
    for (int i = 0; i < n; i++) {
      waiting.add(i);
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

  /** Takes the next unit that waits; -1 where there is none. */
  synchronized int take() {
    if (failure != null || waiting.isEmpty()) {
      return -1;
    }
    active++;
    return waiting.removeFirst();
  }

  synchronized void progress(int unit, UnitProgress now, int workers, int replaced) {
    progress[unit] = now;
    if (failure == null) {
      listener.status(status(workers, replaced));
    }
  }

  private SamplingStatus status(int workers, int replaced) {
    int done = 0;
    int now = 0;
    long sampled = 0;
    long used = 0;
    long held = 0;
    for (UnitProgress unit : progress) {
      done += unit.finished();
      now += unit.running();
      sampled += unit.tokens();
      used += unit.cacheUsed();
      held += unit.cacheHeld();
    }
    SamplingStatus.Cache cache = new SamplingStatus.Cache(used, held);
    return new SamplingStatus(done, now, sequences - done - now, sampled, cache, workers, replaced);
  }

  /** Hands a completion on, the first time that it is finished. */
  synchronized void deliver(int unit, int request, int sample, Generation generation) {
    if (failure == null && !delivered[unit][request][sample]) {
      delivered[unit][request][sample] = true;
      listener.finished(unit, request, sample, generation);
    }
  }

  synchronized void complete(int unit, List<List<Generation>> result) {
    long sampled = result.stream().flatMap(List::stream).mapToLong(g -> g.tokens().length).sum();
    // a process's last heartbeat is older than its last completions
    progress[unit] = new UnitProgress(units.get(unit).sequences(), 0, sampled, 0, 0);
    results.set(unit, result);
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
    progress[unit] = UnitProgress.NONE;
    waiting.addFirst(unit);
    active--;
    notifyAll();
    return ++losses[unit];
  }

  /** Gives a unit up. */
  synchronized void release(int unit) {
    progress[unit] = UnitProgress.NONE;
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

  synchronized List<List<List<Generation>>> results() {
    if (failure != null) {
      throw failure;
    }
    List<List<List<Generation>>> all = new ArrayList<>();
    for (List<List<Generation>> result : results) {
      if (result == null) {
        throw new IllegalStateException("a unit has no result");
      }
      all.add(result);
    }
    return all;
  }
}
