package org.r1zero.verify.sandbox;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.process.Daemons;
import org.r1zero.verify.process.EndedException;
import org.r1zero.verify.process.LineProcess;
import org.r1zero.verify.sandbox.SandboxException.Kind;

/**
 * A running process tree that takes lines and answers lines, under a clock. For one thread at a
 * time.
 */
public final class SandboxProcess implements AutoCloseable {

  private static final int SIGXCPU = 24;
  private static final int SIGKILL = 9;

  /** How often the processor time of a tree is looked at that no control group limits. */
  private static final Duration WATCH = Duration.ofMillis(300);

  private static final ScheduledThreadPoolExecutor CLOCK = clock();
  private static final byte[] READY = "ready".getBytes(StandardCharsets.UTF_8);
  private static final Duration START_TIME = Duration.ofSeconds(30);
  private static final Duration CLOSE_TIME = Duration.ofSeconds(5);
  private static final Duration NO_LIMIT = Duration.ofDays(365);

  private final Process process;
  private final LineProcess lines;
  private final SandboxLimits limits;
  private final ControlGroups.Group group;
  private final boolean ownNamespace;
  private volatile boolean usedUp;
  private @Nullable ScheduledFuture<?> watch;
  private @Nullable Long deadline;

  /**
   * Takes over a process.
   *
   * @param group the control group in which it is, if any
   * @param ownNamespace whether the kernel kills its descendants with it
   */
  SandboxProcess(
      Process process, SandboxLimits limits, ControlGroups.Group group, boolean ownNamespace) {
    this.process = process;
    this.limits = limits;
    this.group = group;
    this.ownNamespace = ownNamespace;
    this.lines =
        new LineProcess(
            process,
            limits.lineBytes(),
            1,
            ownNamespace
                ? SandboxProcess::killNamespace
                : (tree, spoken) -> LineProcess.killTree(tree));
  }

  /**
   * Waits for the line {@code ready}, by which a harness says that it has started.
   *
   * @throws SandboxException of kind {@link Kind#NOT_STARTED} if it says anything else or nothing;
   *     the process is then killed
   */
  public void awaitReady() throws SandboxException {
    startClock(START_TIME);
    try {
      if (Arrays.equals(receive(), READY)) {
        stopClock();
        return;
      }
      close();
      throw new SandboxException(
          Kind.NOT_STARTED, "a sandboxed process said what was not expected");
    } catch (SandboxException e) {
      close();
      throw e.kind() == Kind.INTERRUPTED
          ? e
          : new SandboxException(
              Kind.NOT_STARTED, "a sandboxed process did not start: " + e.fault());
    }
  }

  /** Starts the clock: who waits for a line after {@code wallTime} kills the tree. */
  public void startClock(Duration wallTime) {
    stopClock();
    long started = System.nanoTime();
    deadline = started + wallTime.toNanos();
    if (!group.limitsCpu()) {
      watch =
          CLOCK.scheduleWithFixedDelay(
              () -> watch(started), WATCH.toMillis(), WATCH.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** Kills a tree of many processes that takes more than a processor of the machine for itself. */
  private void watch(long started) {
    Duration allowed = limits.cpuTime().plusNanos(System.nanoTime() - started);
    if (process.isAlive() && ProcessorTime.ofTree(process).compareTo(allowed) > 0) {
      usedUp = true;
      lines.kill();
    }
  }

  /** Whether the kernel killed one of its processes because memory ran out. */
  public boolean outOfMemory() {
    return group.outOfMemory();
  }

  /** Stops the clock. */
  public void stopClock() {
    if (watch != null) {
      watch.cancel(false);
      watch = null;
    }
    deadline = null;
  }

  /**
   * Sends one line.
   *
   * @param line without line feeds; one is added
   */
  public void send(byte[] line) {
    lines.send(line);
  }

  /**
   * Waits for the next line; {@link #startClock} says how long.
   *
   * @return the line without its line feed
   * @throws SandboxException if the process has ended, the clock ran out or the line is too long
   */
  public byte[] receive() throws SandboxException {
    try {
      return lines.receive(
          deadline == null ? NO_LIMIT : Duration.ofNanos(deadline - System.nanoTime()));
    } catch (EndedException e) {
      throw fault(e);
    }
  }

  /** Whether it still runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Kills the tree; the kernel takes some milliseconds more to clear it away. */
  @Override
  public void close() {
    stopClock();
    letStart();
    lines.close();
  }

  /**
   * Bubblewrap that is killed while it sets up its sandbox leaves a child that waits for it for
   * ever; so a tree that has not said anything yet is given time to. Only at the end of a pool or
   * of the JVM is there such a tree.
   */
  private void letStart() {
    try {
      if (ownNamespace && !lines.hasSpoken() && process.isAlive()) {
        lines.closeInput(); // a harness that starts now finds that there is nothing to do
        lines.awaitWords(CLOSE_TIME);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Says what to do when the process has ended, by itself or not. */
  void whenEnded(Runnable action) {
    var unused = process.onExit().thenRun(action);
  }

  /**
   * Bubblewrap's child is the first process of the tree, which dies with it. Bubblewrap itself then
   * ends, having waited for it: killed first, it would leave a zombie to process 1, which may be
   * us.
   */
  private static void killNamespace(Process process, boolean hasSpoken) {
    List<ProcessHandle> init = hasSpoken ? ProcessorTime.children(process.pid()) : List.of();
    if (init.isEmpty()) {
      LineProcess.killTree(process);
    } else {
      init.forEach(ProcessHandle::destroyForcibly);
      var unused =
          CLOCK.schedule(process::destroyForcibly, CLOSE_TIME.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private SandboxException fault(EndedException e) {
    return switch (e.end()) {
      case TIMEOUT -> new SandboxException(Kind.TIMEOUT, e.how());
      case TOO_LONG -> new SandboxException(Kind.TOO_LONG, e.how());
      case INTERRUPTED -> new SandboxException(Kind.INTERRUPTED, "the thread was interrupted");
      case EXITED -> exited(e.code());
    };
  }

  private SandboxException exited(int exit) {
    if (usedUp || exit == 128 + SIGXCPU) {
      return new SandboxException(Kind.CPU_TIME, "used more processor time than allowed");
    }
    if (exit == 128 + SIGKILL && !group.outOfMemory()) {
      return new SandboxException(Kind.KILLED, "the process was killed");
    }
    String words = lines.lastWords();
    return new SandboxException(
        Kind.ENDED, "the process ended" + (words.isEmpty() ? "" : ": " + words));
  }

  private static ScheduledThreadPoolExecutor clock() {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(1, Daemons.named("sandbox-clock"));
    executor.setRemoveOnCancelPolicy(true);
    return executor;
  }
}
