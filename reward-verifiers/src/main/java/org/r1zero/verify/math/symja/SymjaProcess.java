package org.r1zero.verify.math.symja;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.process.EndedException;
import org.r1zero.verify.process.EndedException.End;
import org.r1zero.verify.process.LineProcess;
import org.r1zero.verify.records.Recent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Symja in JVMs of its own, which can be killed: a simplification that runs away takes neither this
 * process's time nor its memory.
 *
 * <p>A thread in this process could only be asked to stop. A worker that does not answer within the
 * limit and a short grace is destroyed and another started when next one is needed; {@link #killed}
 * counts them. Workers end with this process, whose end closes their input.
 *
 * <p>A question that was not answered is a {@link SymbolicEngine.Answer#TIMEOUT}, which verdicts
 * count as a failure, whatever the reason: it took too long (remembered, so that it costs time
 * once), the asking thread was interrupted, or no worker could be started. None of these is held
 * against the next question; only after {@value #MAX_FAILED_STARTS} failed starts in a row nothing
 * is started for a minute.
 */
public final class SymjaProcess implements SymbolicEngine {

  private static final Logger LOG = LoggerFactory.getLogger(SymjaProcess.class);
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  /** How much longer than the limit a worker may take to say that it stopped. */
  private static final Duration GRACE = Duration.ofMillis(700);

  private static final int MAX_REPLY = 1 << 10;
  private static final int MAX_FAILED_STARTS = 3;
  private static final Duration PAUSE = Duration.ofMinutes(1);

  /** At least two, so that one hard question does not hold up all others. */
  private static final int MIN_WORKERS = 2;

  private static final int MAX_WORKERS = 4;

  /** How many questions that took too long are remembered. */
  private static final int MAX_STOPPED = 1_024;

  private static final class Holder {
    private static final SymjaProcess SHARED =
        new SymjaProcess(
            Math.max(
                MIN_WORKERS, Math.min(MAX_WORKERS, Runtime.getRuntime().availableProcessors() / 2)),
            SymjaProcess::command,
            PAUSE);
  }

  private final Supplier<List<String>> command;
  private final Duration pause;
  private final Semaphore slots;
  private final Deque<LineProcess> idle = new ArrayDeque<>();
  private final AtomicInteger killed = new AtomicInteger();
  private final AtomicInteger failedStarts = new AtomicInteger();
  private final AtomicLong pausedAt = new AtomicLong();
  private final Map<String, Boolean> stopped = new Recent<>(MAX_STOPPED);

  /**
   * Makes an engine that starts at most {@code workers} processes, each when it is needed.
   *
   * @param command starts one
   * @param pause how long nothing is started after several starts that failed
   */
  SymjaProcess(int workers, Supplier<List<String>> command, Duration pause) {
    this.slots = new Semaphore(workers, true);
    this.command = command;
    this.pause = pause;
  }

  /**
   * The one that all verifiers of this process share; it can't tell anything where Symja was left
   * out.
   */
  public static SymbolicEngine shared() {
    return SymjaClassPath.find().isPresent() ? Holder.SHARED : Absent.ENGINE;
  }

  /** Says once that Symja was left out. */
  private static final class Absent {
    private static final SymbolicEngine ENGINE = make();

    private static SymbolicEngine make() {
      LOG.warn(
          "Symja was left out of this program: where only it could tell whether two forms are equal,"
              + " agreement at sample points counts; symbolic: false says that this is meant");
      return SymbolicEngine.NONE;
    }
  }

  /** Starts a worker with this process's Java, and Symja on its class path. */
  static List<String> command() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx300m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-XX:-UsePerfData",
        "-cp",
        SymjaClassPath.find().orElseThrow(),
        SymjaWorker.class.getName());
  }

  /** How many workers had to be killed. */
  int killed() {
    return killed.get();
  }

  @Override
  public Answer isZero(String difference, Duration limit) {
    if (difference.indexOf('\n') >= 0) {
      return Answer.UNKNOWN;
    }
    String question = limit.toMillis() + "\t" + difference;
    if (wasStopped(question) || isPaused()) {
      return Answer.TIMEOUT;
    }
    try {
      slots.acquire();
      try {
        // Another thread may have asked the same meanwhile.
        return wasStopped(question) ? Answer.TIMEOUT : ask(question, limit.plus(GRACE));
      } finally {
        slots.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Answer.TIMEOUT;
    }
  }

  private boolean wasStopped(String question) {
    synchronized (stopped) {
      return stopped.containsKey(question);
    }
  }

  private boolean isPaused() {
    return failedStarts.get() >= MAX_FAILED_STARTS
        && System.nanoTime() - pausedAt.get() < pause.toNanos();
  }

  /** Asks a worker, and a second one where the first was killed from outside. */
  private Answer ask(String question, Duration limit) {
    for (int tries = 0; tries < 2; tries++) {
      LineProcess worker = worker();
      if (worker == null) {
        return Answer.TIMEOUT;
      }
      try {
        worker.send(question.getBytes(StandardCharsets.UTF_8));
        return answer(worker, question, text(worker.receive(limit)));
      } catch (EndedException e) {
        worker.close();
        if (e.end() != End.EXITED) {
          killed.incrementAndGet();
          return e.end() == End.INTERRUPTED ? Answer.TIMEOUT : stop(question);
        }
      }
    }
    return stop(question);
  }

  private Answer answer(LineProcess worker, String question, String reply) {
    if (worker.isAlive()) {
      synchronized (idle) {
        idle.addLast(worker);
      }
    }
    try {
      Answer answer = Answer.valueOf(reply);
      return answer == Answer.TIMEOUT ? stop(question) : answer;
    } catch (IllegalArgumentException e) {
      return Answer.UNKNOWN;
    }
  }

  private Answer stop(String question) {
    synchronized (stopped) {
      stopped.put(question, true);
    }
    return Answer.TIMEOUT;
  }

  private @Nullable LineProcess worker() {
    LineProcess worker;
    synchronized (idle) {
      worker = idle.pollLast();
    }
    if (worker != null) {
      return worker;
    }
    try {
      LineProcess started = started(command.get());
      failedStarts.set(0);
      return started;
    } catch (IOException e) {
      if (Thread.currentThread().isInterrupted()) {
        return null;
      }
      pausedAt.set(System.nanoTime());
      if (failedStarts.incrementAndGet() >= MAX_FAILED_STARTS) {
        LOG.warn(
            "Symja does not start, so answers that only it could compare are not judged; tried"
                + " again in {} s",
            pause.toSeconds(),
            e);
      }
      return null;
    }
  }

  /** A JVM with Symja in it that can be asked. */
  private static LineProcess started(List<String> command) throws IOException {
    LineProcess worker = LineProcess.start(command, MAX_REPLY);
    try {
      if (text(worker.receive(START_LIMIT)).equals(SymjaWorker.READY)) {
        return worker;
      }
      worker.close();
      throw new IOException("Symja's process said what was not expected");
    } catch (EndedException e) {
      throw new IOException("Symja's process " + e.how() + " at its start", e);
    }
  }

  private static String text(byte[] line) {
    return new String(line, StandardCharsets.UTF_8);
  }
}
