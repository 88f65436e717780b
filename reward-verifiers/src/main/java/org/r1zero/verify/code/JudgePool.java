package org.r1zero.verify.code;

import java.util.ArrayDeque;
import java.util.Deque;
import org.r1zero.verify.sandbox.Sandbox;
import org.r1zero.verify.sandbox.SandboxException;
import org.r1zero.verify.sandbox.SandboxProcess;
import org.r1zero.verify.sandbox.SandboxedCommand;

/**
 * Judges that wait for work. Unlike workers they run our code and the data set's alone, each job in
 * a fork of its own, so they are used again. Thread-safe.
 */
final class JudgePool implements AutoCloseable {

  /** Each job costs the judge a little of the processor time that it may use in its life. */
  private static final int MAX_JOBS = 500;

  private final Sandbox sandbox;
  private final SandboxedCommand command;
  private final Deque<Judge> idle = new ArrayDeque<>();
  private boolean closed;

  JudgePool(Sandbox sandbox, SandboxedCommand command) {
    this.sandbox = sandbox;
    this.command = command;
  }

  /** A judge and how many jobs it has done. */
  record Judge(SandboxProcess process, int jobs) {}

  Judge take() throws SandboxException {
    while (true) {
      Judge judge;
      synchronized (idle) {
        judge = idle.poll();
      }
      if (judge == null) {
        SandboxProcess process = sandbox.start(command);
        process.awaitReady();
        return new Judge(process, 0);
      }
      if (judge.process().isAlive()) {
        return judge;
      }
      judge.process().close();
    }
  }

  /** Gives back a judge that has ended its job by a verdict; others are to be closed. */
  void giveBack(Judge judge) {
    judge.process().stopClock();
    synchronized (idle) {
      if (!closed && judge.jobs() + 1 < MAX_JOBS && judge.process().isAlive()) {
        idle.push(new Judge(judge.process(), judge.jobs() + 1));
        return;
      }
    }
    judge.process().close();
  }

  @Override
  public void close() {
    synchronized (idle) {
      closed = true;
      idle.forEach(judge -> judge.process().close());
      idle.clear();
    }
  }
}
