package org.r1zero.experiment.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.r1zero.grpo.torch.DeviceClock;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.generation.SamplingListener;
import org.r1zero.rollout.generation.SamplingStatus;

/**
 * How many rows each decoding step had, and how many such steps went on at once. Between steps, and
 * where lanes' steps overlap between rounds, the clock stands still while the limit is timed.
 */
final class TimedSteps implements SamplingListener {
  private static final int STEPS_BETWEEN = 12;
  private static final int MOST_SIZES = 8;
  private static final int MOST_TIMINGS = 30;
  private static final long ENOUGH_NANOS = 30_000_000;

  private final Roofline roofline;
  private final DeviceClock clock;
  private final int most;
  private final List<int[]> steps = new ArrayList<>();
  private final TreeSet<Integer> betweenRounds = new TreeSet<>();
  private long started;
  private double paused;
  private boolean first;
  private long sampled;
  private double seconds;
  private double firstSeconds;

  /**
   * Hears a benchmark's rounds.
   *
   * @param most sequences that decode at once
   */
  TimedSteps(Roofline roofline, int most) {
    this.roofline = roofline;
    this.clock = roofline.clock();
    this.most = most;
    betweenRounds.add(most); // the products' rate is told for it, also where no step is that large
  }

  void startRound() {
    roofline.timePrompts();
    first = true;
    paused = 0;
    started = clock.nanos();
  }

  void endRound() {
    seconds += (clock.nanos() - started) / 1e9 - paused;
    List<Integer> all = List.copyOf(betweenRounds);
    for (int i = 0; i < Math.min(MOST_SIZES, all.size()); i++) {
      int last = Math.max(1, Math.min(MOST_SIZES, all.size()) - 1);
      int size = all.get(i * (all.size() - 1) / last);
      long began = clock.nanos();
      for (int n = 0; n < MOST_TIMINGS && clock.nanos() - began < ENOUGH_NANOS; n++) {
        roofline.timeStep(size);
      }
    }
    roofline.timePrompts();
  }

  @Override
  public void step(int tokens, int lanes) {
    int[] step = {tokens, lanes};
    steps.add(step);
    if (lanes > 1) {
      betweenRounds.add(rows(step));
    } else if (steps.size() % STEPS_BETWEEN == 0 || !roofline.knows(tokens)) {
      long began = clock.nanos();
      roofline.timeStep(tokens);
      paused += (clock.nanos() - began) / 1e9;
    }
  }

  @Override
  public void status(SamplingStatus status) {
    if (first) {
      firstSeconds += (clock.nanos() - started) / 1e9 - paused;
      first = false;
    }
  }

  @Override
  public void finished(int request, int sample, Generation generation) {
    sampled += generation.tokens().length;
  }

  /** Tokens of all completions. */
  long sampled() {
    return sampled;
  }

  /** Seconds of all rounds, without pauses. */
  double seconds() {
    return seconds;
  }

  /** Seconds until the first step of each round was done. */
  double firstSeconds() {
    return firstSeconds;
  }

  /** Seconds of all steps' products; lanes' steps as those of the whole machine. */
  double productSeconds() {
    return steps.stream().mapToDouble(s -> roofline.stepSeconds(rows(s)) / s[1]).sum();
  }

  /** How often all weights were read: once per step, lanes' steps as one. */
  double passes() {
    return steps.stream().mapToDouble(s -> 1.0 / s[1]).sum();
  }

  private int rows(int[] step) {
    return Math.min(most, step[0] * step[1]);
  }
}
