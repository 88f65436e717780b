package org.r1zero.verify.sandbox;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.r1zero.verify.process.Daemons;

/**
 * Keeps processes of one command started and ready ahead, so that taking one costs no start. Each
 * is given out once: what a program left behind in its sandbox dies with it. Thread-safe.
 */
public final class SandboxPool implements AutoCloseable {

  private final Sandbox sandbox;
  private final SandboxedCommand command;
  private final int ahead;
  private final Deque<SandboxProcess> ready = new ArrayDeque<>();
  private final ExecutorService filler;
  private boolean closed;

  /**
   * Makes a pool; nothing is started before the first is taken.
   *
   * @param ahead how many to keep ready
   */
  public SandboxPool(Sandbox sandbox, SandboxedCommand command, int ahead) {
    this.sandbox = sandbox;
    this.command = command;
    this.ahead = ahead;
    this.filler = Executors.newSingleThreadExecutor(Daemons.named("sandbox-pool"));
  }

  /**
   * Takes a process that was started ahead, or starts one.
   *
   * @throws SandboxException if none can be started
   */
  public SandboxProcess take() throws SandboxException {
    SandboxProcess process;
    do {
      synchronized (ready) {
        if (closed) {
          throw new IllegalStateException("the pool is closed");
        }
        process = ready.poll();
      }
      if (process != null && !process.isAlive()) {
        process.close();
      }
    } while (process != null && !process.isAlive());
    filler.execute(this::fill);
    return process != null ? process : started();
  }

  private SandboxProcess started() throws SandboxException {
    SandboxProcess process = sandbox.start(command);
    process.awaitReady();
    return process;
  }

  private void fill() {
    try {
      while (true) {
        synchronized (ready) {
          if (closed || ready.size() >= ahead) {
            return;
          }
        }
        SandboxProcess process = started();
        synchronized (ready) {
          ready.add(process);
          if (closed) {
            drain();
          }
        }
      }
    } catch (SandboxException e) {
      // take() starts one itself, and has someone to tell
    }
  }

  /** Kills the processes that wait. */
  @Override
  public void close() {
    synchronized (ready) {
      closed = true;
      drain();
    }
    filler.shutdown();
  }

  private void drain() {
    ready.forEach(SandboxProcess::close);
    ready.clear();
  }
}
