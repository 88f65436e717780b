package org.r1zero.experiment.metrics;

import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.config.EvaluationConfig;
import org.r1zero.grpo.StepReport;
import org.r1zero.rollout.generation.SamplingStatus;

/**
 * A run's progress for a person: a line per step, and on a terminal one below that renews itself
 * and fits the window.
 */
public final class Progress {
  private static final long RENEWAL_NANOS = 250_000_000;
  private final Console console;
  private final int steps;
  private final String accuracyMetric;
  private final long started = System.nanoTime();
  private final SamplingRate rate = new SamplingRate();
  private long trainingStarted;
  private long lastRenewal;
  private long stepsDone;
  private Consumer<StepReport> alsoTold = report -> {};
  private long stepsBefore;
  private Runnable eachRound = () -> {};
  private @Nullable Counting counting;

  /**
   * Sets what to show.
   *
   * @param accuracyVerifier whose share of right completions is shown as accuracy
   */
  public Progress(PrintStream out, int steps, String accuracyVerifier) {
    this.console = Console.of(out);
    this.steps = steps;
    this.accuracyMetric = "rewards/" + accuracyVerifier + "/correct";
  }

  /** Says a line of its own. */
  public void say(String line) {
    console.say(line, line.startsWith("WARNING") ? Style.WARNING : Style.PLAIN);
  }

  /**
   * Keeps all that is said from now on in a file, too.
   *
   * @return ends that
   */
  public Closeable copyTo(Path log) throws IOException {
    return console.copyTo(log);
  }

  /** Writes a line to the files of {@link #copyTo} alone. */
  public void note(String line) {
    console.note(line);
  }

  /** Sets who else hears of each step. */
  public synchronized void alsoTell(Consumer<StepReport> listener) {
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

  /** How far an evaluation is. */
  public synchronized void sampling(String what, int finished, int total) {
    eachRound.run();
    if (counting == null || !counting.isOf(what, total)) {
      counting = new Counting(console, what, total);
    }
    counting.update(finished);
  }

  /** How far the rollouts of a step are: shown on a terminal only. */
  public synchronized void rollouts(long step, SamplingStatus status) {
    long now = System.nanoTime();
    if (trainingStarted == 0) {
      trainingStarted = now;
    }
    rate.update(step, status.tokens(), now);
    int total = status.finished() + status.running() + status.waiting();
    if (now - lastRenewal < RENEWAL_NANOS && status.finished() < total) {
      return;
    }
    lastRenewal = now;
    double tokensPerSecond = rate.perSecond(now);
    StatusLine line = new StatusLine();
    Counting.bar(line, 5, console, stepsDone, steps);
    line.add(0, "step " + (step + 1) + "/" + steps)
        .add(1, "sampled " + status.finished() + "/" + total)
        .add(
            2,
            tokensPerSecond == 0
                ? ""
                : String.format(Locale.ROOT, "%.0f tokens/s", tokensPerSecond))
        .add(4, String.format(Locale.ROOT, "cache %.0f %%", 100 * status.cache().share()))
        .add(
            3,
            status.replaced() == 0 ? "" : status.replaced() + " workers replaced",
            Style.WARNING);
    console.status(line);
  }

  /** Prints a step's line. */
  public synchronized void stepFinished(StepReport report) {
    alsoTold.accept(report);
    stepsDone = report.step() + 1;
    StatusLine line = new StatusLine();
    Counting.bar(line, 4, console, stepsDone, steps);
    console.line(
        line.add(0, "step " + stepsDone + "/" + steps)
            .add(1, metric("reward %.3f", report.metric("reward")), Style.BOLD)
            .add(2, metric("accuracy %5.1f %%", 100 * report.metric(accuracyMetric)), Style.BOLD)
            .add(2, heldOut(report), Style.BOLD)
            .add(5, metric("length %.0f", report.metric("completions/mean_length")))
            .add(7, mixed(report))
            .add(6, metric("%.0f tokens/s", report.metric("tokens_per_second/rollout")))
            .add(3, "left " + Counting.clock(secondsLeft()), Style.FAINT));
  }

  /** Nothing after a step that was not followed by an evaluation. */
  private static String heldOut(StepReport report) {
    double accuracy = report.metric(EvaluationConfig.SAMPLED);
    return Double.isNaN(accuracy) ? "" : metric("held-out %.1f %%", 100 * accuracy);
  }

  /** Groups that teach: those whose rollouts are not all as good as each other. */
  private static String mixed(StepReport report) {
    double ratio = report.metric("sampler/mixed_ratio");
    return Double.isNaN(ratio) ? "" : metric("mixed %.0f %%", 100 * ratio);
  }

  private static String metric(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  /** How long training took so far, the steps of this process. */
  public String trainingTime() {
    return Counting.clock(trainingStarted == 0 ? 0 : (System.nanoTime() - trainingStarted) / 1e9);
  }

  /** The steps that are left, and an evaluation after them as long as the one before. */
  private double secondsLeft() {
    double evaluation = (trainingStarted - started) / 1e9;
    double training = (System.nanoTime() - trainingStarted) / 1e9;
    return training / (stepsDone - stepsBefore) * (steps - stepsDone) + evaluation;
  }
}
