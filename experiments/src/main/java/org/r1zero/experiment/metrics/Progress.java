package org.r1zero.experiment.metrics;

import java.io.PrintStream;
import java.util.Locale;
import org.r1zero.grpo.StepListener;
import org.r1zero.grpo.StepReport;

/**
 * A run's progress for a person: one line that renews itself on a terminal, plain lines elsewhere.
 */
public final class Progress implements StepListener {
  /** Set by the start script where standard error is a terminal. */
  private static final String TERMINAL = "R1ZERO_TERMINAL";

  private static final int WIDTH = 20;
  private final PrintStream out;
  private final boolean terminal;
  private final int steps;
  private final String accuracyMetric;
  private final long started = System.nanoTime();
  private boolean lineOpen;

  /**
   * Sets what to show.
   *
   * @param accuracyVerifier whose share of right completions is shown as accuracy
   */
  public Progress(PrintStream out, int steps, String accuracyVerifier) {
    this.out = out;
    this.terminal = System.getenv(TERMINAL) != null;
    this.steps = steps;
    this.accuracyMetric = "rewards/" + accuracyVerifier + "/correct";
  }

  /** Says a line of its own. */
  public void say(String line) {
    if (lineOpen) {
      out.println();
      lineOpen = false;
    }
    out.println(line);
  }

  @Override
  public void stepFinished(StepReport report) {
    long done = report.step() + 1;
    double seconds = (System.nanoTime() - started) / 1e9;
    double left = seconds / done * (steps - done);
    int filled = (int) (WIDTH * done / steps);
    String line =
        String.format(
            Locale.ROOT,
            "[%s%s] step %d/%d  reward %.3f  accuracy %5.1f %%  length %.0f  %.0f tokens/s  left %s",
            "#".repeat(filled),
            "-".repeat(WIDTH - filled),
            done,
            steps,
            report.metric("reward"),
            100 * report.metric(accuracyMetric),
            report.metric("completions/mean_length"),
            report.metric("tokens_per_second/rollout"),
            clock(left));
    if (terminal) {
      out.print("\r" + line + " ");
      out.flush();
      lineOpen = true;
      if (done == steps) {
        out.println();
        lineOpen = false;
      }
    } else {
      out.println(line);
    }
  }

  private static String clock(double seconds) {
    long whole = Math.round(seconds);
    return String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60);
  }
}
