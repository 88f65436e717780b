package org.r1zero.verify.math;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Symja in JVMs of its own, which can be killed: a simplification that runs away takes neither this
 * process's time nor its memory.
 *
 * <p>A thread in this process could only be asked to stop. A worker that does not answer within the
 * limit and a short grace is destroyed and another started when next one is needed; {@link #killed}
 * counts them. Workers end with this process, whose end closes their input.
 */
final class SymjaProcess implements SymbolicEngine {

  private static final Logger LOG = LoggerFactory.getLogger(SymjaProcess.class);
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  /** How much longer than the limit a worker may take to say that it stopped. */
  private static final Duration GRACE = Duration.ofMillis(700);

  /** A Symja that can't be started so often in a row is not asked again. */
  private static final int MAX_FAILED_STARTS = 3;

  private static final int MAX_WORKERS = 4;

  private static final class Holder {
    private static final SymjaProcess SHARED =
        new SymjaProcess(
            Math.max(1, Math.min(MAX_WORKERS, Runtime.getRuntime().availableProcessors() / 2)),
            SymjaClassPath.find());
  }

  private final Semaphore slots;
  private final Deque<Worker> idle = new ArrayDeque<>();
  private final AtomicInteger killed = new AtomicInteger();
  private final AtomicInteger failedStarts = new AtomicInteger();

  private final Optional<String> classPath;
  private final AtomicBoolean saidMissing = new AtomicBoolean();

  /**
   * Makes an engine that starts at most {@code workers} processes, each when it is needed.
   *
   * @param classPath the workers'; without one the engine never knows
   */
  SymjaProcess(int workers, Optional<String> classPath) {
    this.slots = new Semaphore(workers, true);
    this.classPath = classPath;
  }

  /** The one that all verifiers of this process share. */
  static SymjaProcess shared() {
    return Holder.SHARED;
  }

  /** How many workers had to be killed. */
  int killed() {
    return killed.get();
  }

  @Override
  public Answer isZero(String difference, Duration limit) {
    if (classPath.isEmpty()) {
      if (!saidMissing.getAndSet(true)) {
        LOG.warn(
            "Symja was left out of this program: where only it could tell that two forms are equal,"
                + " they count as different; symbolic: false says that this is meant");
      }
      return Answer.UNKNOWN;
    }
    if (failedStarts.get() >= MAX_FAILED_STARTS || difference.indexOf('\n') >= 0) {
      return Answer.UNKNOWN;
    }
    slots.acquireUninterruptibly();
    try {
      Worker worker = worker();
      return worker == null ? Answer.UNKNOWN : ask(worker, difference, limit);
    } finally {
      slots.release();
    }
  }

  private @Nullable Worker worker() {
    Worker worker;
    synchronized (idle) {
      worker = idle.pollLast();
    }
    if (worker != null) {
      return worker;
    }
    try {
      Worker started = Worker.start(classPath.orElseThrow());
      failedStarts.set(0);
      return started;
    } catch (IOException e) {
      if (failedStarts.incrementAndGet() == MAX_FAILED_STARTS) {
        LOG.warn("no Symja: equal numbers at sample points will have to do", e);
      }
      return null;
    }
  }

  private Answer ask(Worker worker, String difference, Duration limit) {
    String reply = worker.ask(limit.toMillis() + "\t" + difference, limit.plus(GRACE));
    if (reply == null) {
      worker.kill();
      killed.incrementAndGet();
      return Answer.TIMEOUT;
    }
    if (worker.isAlive()) {
      synchronized (idle) {
        idle.addLast(worker);
      }
    }
    try {
      return Answer.valueOf(reply);
    } catch (IllegalArgumentException e) {
      return Answer.UNKNOWN;
    }
  }

  /** One JVM with Symja in it. */
  private static final class Worker {
    private final Process process;
    private final Writer input;
    private final BlockingQueue<String> replies = new ArrayBlockingQueue<>(4);

    private Worker(Process process) {
      this.process = process;
      this.input = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
      Thread reader = new Thread(this::read, "symja-replies");
      reader.setDaemon(true);
      reader.start();
    }

    static Worker start(String classPath) throws IOException {
      Process process =
          new ProcessBuilder(
                  List.of(
                      Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                      "-Xmx300m",
                      "-XX:+UseSerialGC",
                      "-XX:TieredStopAtLevel=1",
                      "-XX:-UsePerfData",
                      "-cp",
                      classPath,
                      SymjaWorker.class.getName()))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      Worker worker = new Worker(process);
      if (!SymjaWorker.READY.equals(worker.reply(START_LIMIT))) {
        worker.kill();
        throw new IOException("Symja did not start within " + START_LIMIT.toSeconds() + " s");
      }
      return worker;
    }

    private void read() {
      try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (!replies.offer(line)) {
            break;
          }
        }
      } catch (IOException e) {
        LOG.debug("a Symja worker's output ended", e);
      }
      replies.offer("");
    }

    @Nullable String ask(String question, Duration limit) {
      try {
        input.write(question + "\n");
        input.flush();
      } catch (IOException e) {
        return null;
      }
      return reply(limit);
    }

    /** The next line; {@code null} where none comes. */
    private @Nullable String reply(Duration limit) {
      try {
        return replies.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return null;
      }
    }

    boolean isAlive() {
      return process.isAlive();
    }

    void kill() {
      process.destroyForcibly();
    }
  }
}
