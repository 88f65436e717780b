package org.r1zero.rollout.worker;

import java.util.ArrayDeque;
import java.util.ArrayList;
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
  private final int[] finished;
  private final int[] running;
  private final long[] tokens;
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
    this.finished = new int[n];
    this.running = new int[n];
    this.tokens = new long[n];
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

  synchronized void progress(int unit, int done, int now, long sampled, int workers, int replaced) {
    finished[unit] = done;
    running[unit] = now;
    tokens[unit] = sampled;
    if (failure == null) {
      listener.status(status(workers, replaced));
    }
  }

  private SamplingStatus status(int workers, int replaced) {
    int done = 0;
    int now = 0;
    long sampled = 0;
    for (int i = 0; i < finished.length; i++) {
      done += finished[i];
      now += running[i];
      sampled += tokens[i];
    }
    return new SamplingStatus(done, now, sequences - done - now, sampled, workers, replaced);
  }

  /** Hands a completion on, the first time that it is finished. */
  synchronized void deliver(int unit, int request, int sample, Generation generation) {
    if (failure == null && !delivered[unit][request][sample]) {
      delivered[unit][request][sample] = true;
      listener.finished(unit, request, sample, generation);
    }
  }

  synchronized void complete(int unit, List<List<Generation>> result) {
    running[unit] = 0;
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
    finished[unit] = 0;
    running[unit] = 0;
    tokens[unit] = 0;
    waiting.addFirst(unit);
    active--;
    notifyAll();
    return ++losses[unit];
  }

  /** Gives a unit up. */
  synchronized void release(int unit) {
    running[unit] = 0;
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
