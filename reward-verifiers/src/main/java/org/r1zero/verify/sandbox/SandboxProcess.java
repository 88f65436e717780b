package org.r1zero.verify.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.sandbox.SandboxException.Kind;

/**
 * A running process tree that takes lines and answers lines. For one thread at a time.
 *
 * <p>Whatever the process does, {@link #send} and {@link #receive} end: when its clock runs out the
 * tree is killed, and no more than one line of the allowed length is held for it.
 */
public final class SandboxProcess implements AutoCloseable {

  private static final int SIGXCPU = 24;
  private static final int SIGKILL = 9;

  /** How often the processor time of a tree is looked at that no control group limits. */
  private static final Duration WATCH = Duration.ofMillis(300);

  private static final ScheduledThreadPoolExecutor CLOCK = clock();
  private static final byte[] END = new byte[0];
  private static final byte[] READY = "ready".getBytes(StandardCharsets.UTF_8);
  private static final Duration START_TIME = Duration.ofSeconds(30);
  private static final Duration CLOSE_TIME = Duration.ofSeconds(5);

  private final Process process;
  private final int lineBytes;
  private final SandboxLimits limits;
  private final ControlGroups.Group group;
  private final boolean ownNamespace;
  private final OutputStream in;
  private final BlockingQueue<byte[]> lines = new ArrayBlockingQueue<>(1);
  private final Thread reader;
  private final CountDownLatch spoken = new CountDownLatch(1);
  private volatile @Nullable Kind cause;
  private @Nullable ScheduledFuture<?> alarm;
  private @Nullable ScheduledFuture<?> watch;
  private long deadline = Long.MAX_VALUE;
  private boolean ended;

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
    this.lineBytes = limits.lineBytes();
    this.in = process.getOutputStream();
    this.reader = new Thread(this::read, "sandbox-reader");
    reader.setDaemon(true);
    reader.start();
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

  /** Starts the clock: after {@code wallTime} the tree is killed. */
  public void startClock(Duration wallTime) {
    stopClock();
    deadline = System.nanoTime() + wallTime.toNanos();
    alarm = CLOCK.schedule(() -> kill(Kind.TIMEOUT), wallTime.toNanos(), TimeUnit.NANOSECONDS);
    if (!group.limitsCpu()) {
      long started = System.nanoTime();
      watch =
          CLOCK.scheduleWithFixedDelay(
              () -> watch(started), WATCH.toMillis(), WATCH.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** Kills a tree of many processes that takes more than a processor of the machine for itself. */
  private void watch(long started) {
    Duration allowed = limits.cpuTime().plusNanos(System.nanoTime() - started);
    if (ProcessorTime.ofTree(process).compareTo(allowed) > 0) {
      kill(Kind.CPU_TIME);
    }
  }

  /** Whether the kernel killed one of its processes because memory ran out. */
  public boolean outOfMemory() {
    return group.outOfMemory();
  }

  /** Stops the clock. */
  public void stopClock() {
    if (alarm != null) {
      alarm.cancel(false);
      alarm = null;
      if (watch != null) {
        watch.cancel(false);
      }
      deadline = Long.MAX_VALUE;
    }
  }

  /**
   * Sends one line.
   *
   * @param line without line feeds; one is added
   * @throws SandboxException if the process has ended
   */
  public void send(byte[] line) throws SandboxException {
    try {
      byte[] whole = Arrays.copyOf(line, line.length + 1);
      whole[line.length] = '\n';
      in.write(whole);
      in.flush();
    } catch (IOException e) {
      throw fault();
    }
  }

  /**
   * Waits for the next line; {@link #startClock} says how long.
   *
   * @return the line without its line feed
   * @throws SandboxException if the process has ended, the clock ran out or the line is too long
   */
  public byte[] receive() throws SandboxException {
    try {
      if (ended) {
        throw fault();
      }
      // a second more than the clock: the kill is what ends the waiting, as a rule
      long wait =
          deadline == Long.MAX_VALUE ? deadline : deadline - System.nanoTime() + 1_000_000_000L;
      byte[] line = lines.poll(wait, TimeUnit.NANOSECONDS);
      if (line == null) {
        kill(Kind.TIMEOUT);
      }
      if (line == null || line == END) {
        ended = true;
        throw fault();
      }
      return Arrays.copyOf(line, line.length - 1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      kill(Kind.INTERRUPTED);
      throw fault();
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
    kill(Kind.ENDED);
    reader.interrupt();
  }

  /**
   * Bubblewrap that is killed while it sets up its sandbox leaves a child that waits for it for
   * ever; so a tree that has not said anything yet is given time to. Only at the end of a pool or
   * of the JVM is there such a tree.
   */
  private void letStart() {
    try {
      if (ownNamespace && spoken.getCount() > 0 && process.isAlive()) {
        in.close(); // a harness that starts now finds that there is nothing to do
        boolean unused = spoken.await(CLOSE_TIME.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (IOException e) {
      // it has ended
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Says what to do when the process has ended, by itself or not. */
  void whenEnded(Runnable action) {
    var unused = process.onExit().thenRun(action);
  }

  private void kill(Kind why) {
    synchronized (lines) {
      // a line too long is what is wrong with a process that has ended after it as well
      if (cause == null && (why == Kind.TOO_LONG || process.isAlive())) {
        cause = why;
      }
    }
    if (!ownNamespace || spoken.getCount() > 0) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      return;
    }
    // bubblewrap's child is the first process of the tree, which dies with it. Bubblewrap itself
    // then
    // ends, having waited for it: killed first, it would leave a zombie to process 1, which may be
    // us
    List<ProcessHandle> init = ProcessorTime.children(process.pid());
    init.forEach(ProcessHandle::destroyForcibly);
    if (init.isEmpty()) {
      process.destroyForcibly();
    } else {
      var unused =
          CLOCK.schedule(process::destroyForcibly, CLOSE_TIME.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private SandboxException fault() {
    Kind why = cause;
    if (why == null) {
      why = Kind.ENDED;
      try {
        int exit = process.waitFor(1, TimeUnit.SECONDS) ? process.exitValue() : 0;
        if (exit == 128 + SIGXCPU) {
          why = Kind.CPU_TIME;
        } else if (exit == 128 + SIGKILL && !group.outOfMemory()) {
          why = Kind.KILLED;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return new SandboxException(
        why,
        switch (why) {
          case TIMEOUT -> "took longer than allowed";
          case CPU_TIME -> "used more processor time than allowed";
          case TOO_LONG -> "wrote a line longer than " + lineBytes + " bytes";
          case INTERRUPTED -> "the thread was interrupted";
          case KILLED -> "the process was killed";
          case ENDED, NOT_STARTED -> "the process ended" + errors();
        });
  }

  /** What was written to standard error before the program took over, such as bwrap's complaint. */
  private String errors() {
    try {
      InputStream err = process.getErrorStream();
      int length = Math.min(err.available(), 1000);
      return length <= 0
          ? ""
          : ": " + new String(err.readNBytes(length), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      return "";
    }
  }

  private void read() {
    byte[] buffer = new byte[1 << 13];
    int length = 0;
    try (InputStream out = process.getInputStream()) {
      while (true) {
        if (length == buffer.length) {
          buffer = Arrays.copyOf(buffer, (int) Math.min(2L * length, lineBytes + 1L));
        }
        int count = out.read(buffer, length, buffer.length - length);
        spoken.countDown();
        if (count < 0) {
          break;
        }
        int from = length;
        length += count;
        int start = 0;
        for (int i = from; i < length; i++) {
          if (buffer[i] == '\n') {
            lines.put(Arrays.copyOfRange(buffer, start, i + 1));
            start = i + 1;
          }
        }
        System.arraycopy(buffer, start, buffer, 0, length - start);
        length -= start;
        if (length > lineBytes) {
          kill(Kind.TOO_LONG);
          break;
        }
        if (length == 0 && buffer.length > 1 << 16) {
          buffer = new byte[1 << 13];
        }
      }
    } catch (IOException e) {
      // the process was killed while we read
    } catch (InterruptedException e) {
      return; // closed: nobody waits for a line
    }
    spoken.countDown();
    try {
      lines.put(END);
    } catch (InterruptedException e) {
      // closed: nobody waits for a line
    }
  }

  private static ScheduledThreadPoolExecutor clock() {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "sandbox-clock");
              thread.setDaemon(true);
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true);
    return executor;
  }
}
