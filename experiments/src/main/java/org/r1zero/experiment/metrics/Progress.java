package org.r1zero.experiment.metrics;

import java.io.PrintStream;
import java.util.Locale;
import org.r1zero.grpo.StepListener;
import org.r1zero.grpo.StepReport;
import org.r1zero.rollout.worker.SamplingStatus;

/**
 * A run's progress for a person: one line that renews itself on a terminal, plain lines elsewhere.
 */
public final class Progress implements StepListener {
  /** Set by the start script where standard error is a terminal. */
  private static final String TERMINAL = "R1ZERO_TERMINAL";

  private static final int WIDTH = 20;
  private static final long RENEWAL_NANOS = 250_000_000;
  private final PrintStream out;
  private final boolean terminal;
  private final int steps;
  private final String accuracyMetric;
  private final long started = System.nanoTime();
  private long trainingStarted;
  private long lastRenewal;
  private long stepsDone;
  private StepListener alsoTold = report -> {};
  private long roundStarted = System.nanoTime();
  private long lastTokens = Long.MAX_VALUE;
  private long stepsBefore;
  private Runnable eachRound = () -> {};
  private boolean lineOpen;

  /**
   * Sets what to show.
   *
   * @param accuracyVerifier whose share of right completions is shown as accuracy
   */
  public Progress(PrintStream out, int steps, String accuracyVerifier) {
    this(out, steps, accuracyVerifier, System.getenv(TERMINAL) != null);
  }

  Progress(PrintStream out, int steps, String accuracyVerifier, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
    this.steps = steps;
    this.accuracyMetric = "rewards/" + accuracyVerifier + "/correct";
  }

  /** Says a line of its own. */
  public synchronized void say(String line) {
    out.println(lineOpen ? "\r\u001b[K" + line : line);
    lineOpen = false;
  }

  /** Sets who else hears of each step. */
  public synchronized void alsoTell(StepListener listener) {
    alsoTold = listener;
  }

  /** Sets that training goes on after this many steps, which took their time elsewhere. */
  public void resumed(long step) {
    stepsDone = step;
    stepsBefore = step;
  }

  /** Sets what is called while an evaluation samples; what it throws ends the evaluation. */
  public void eachRound(Runnable check) {
    eachRound = check;
  }

  /** How far an evaluation is: shown on a terminal only. */
  public synchronized void sampling(String what, int finished, int total) {
    eachRound.run();
    renew(String.format(Locale.ROOT, "%s: %d/%d completions", what, finished, total));
  }

  /** How far the rollouts of a step are: shown on a terminal only. */
  public synchronized void rollouts(long step, SamplingStatus status) {
    long now = System.nanoTime();
    if (trainingStarted == 0) {
      trainingStarted = now;
    }
    if (status.tokens() < lastTokens) {
      roundStarted = now;
    }
    lastTokens = status.tokens();
    double seconds = Math.max(1e-3, (now - roundStarted) / 1e9);
    renew(
        String.format(
            Locale.ROOT,
            "%s step %d/%d: sampling, %d done, %d running, %d waiting, %.0f tokens/s, cache %.0f %%%s",
            bar(),
            step + 1,
            steps,
            status.finished(),
            status.running(),
            status.waiting(),
            status.tokens() / seconds,
            100 * status.cache().share(),
            status.replaced() == 0 ? "" : ", " + status.replaced() + " workers replaced"));
  }

  @Override
  public synchronized void stepFinished(StepReport report) {
    alsoTold.stepFinished(report);
    stepsDone = report.step() + 1;
    say(
        String.format(
            Locale.ROOT,
            "%s step %d/%d  reward %.3f  accuracy %5.1f %%  length %.0f  %.0f tokens/s  left %s",
            bar(),
            stepsDone,
            steps,
            report.metric("reward"),
            100 * report.metric(accuracyMetric),
            report.metric("completions/mean_length"),
            report.metric("tokens_per_second/rollout"),
            clock(secondsLeft())));
  }

  /** The steps that are left, and an evaluation after them as long as the one before. */
  private double secondsLeft() {
    double evaluation = (trainingStarted - started) / 1e9;
    double training = (System.nanoTime() - trainingStarted) / 1e9;
    return training / (stepsDone - stepsBefore) * (steps - stepsDone) + evaluation;
  }

  private String bar() {
    int filled = (int) (WIDTH * stepsDone / steps);
    return "[" + "#".repeat(filled) + "-".repeat(WIDTH - filled) + "]";
  }

  private void renew(String line) {
    long now = System.nanoTime();
    if (terminal && now - lastRenewal > RENEWAL_NANOS) {
      out.print("\r\u001b[K" + line);
      out.flush();
      lastRenewal = now;
      lineOpen = true;
    }
  }

  private static String clock(double seconds) {
    long whole = Math.round(seconds);
    return String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60);
  }
}
