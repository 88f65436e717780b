package org.r1zero.rollout.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.rollout.generation.SamplingListener;
import org.r1zero.verify.ChildClassPath;
import org.r1zero.verify.process.EndedException;
import org.r1zero.verify.process.LineProcess;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A generator in a process of its own: whatever it dies of, this process lives on. */
final class ProcessWorker implements RolloutWorker {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessWorker.class);
  private static final Duration WATCH = Duration.ofMillis(100);
  private static final int MAX_LINE = 1 << 28;

  /** A new process loads libtorch and the tokenizer: on a busy machine that takes its time. */
  private static final Duration LEAST_START_LIMIT = Duration.ofSeconds(60);

  private final int number;
  private final LineProcess process;
  private final Duration hangTimeout;
  private long lastSign = System.nanoTime();
  private volatile boolean destroyed;
  private boolean ready;
  private long units;

  /**
   * Starts the process, without waiting for it.
   *
   * @param command the whole command line
   */
  ProcessWorker(int number, List<String> command, Duration hangTimeout) throws IOException {
    this.number = number;
    this.hangTimeout = hangTimeout;
    // Completions are read ahead, so that a worker need not wait for those who take them.
    this.process =
        new LineProcess(
            new ProcessBuilder(command).start(),
            MAX_LINE,
            Integer.MAX_VALUE,
            (started, spoken) -> LineProcess.killTree(started));
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void run(WorkUnit unit, SamplingConfig config, Weights weights, SamplingListener listener)
      throws WorkerLostException {
    awaitReady();
    long id = ++units;
    lastSign = System.nanoTime();
    send(new Message.Sample(id, unit.requests(), config, weights.slot(), weights.version()));
    try {
      follow(id, listener);
    } catch (SamplingCancelledException e) {
      stop(id);
      throw e;
    }
  }

  private void follow(long id, SamplingListener listener) throws WorkerLostException {
    long seen = -1;
    long lastProgress = System.nanoTime();
    while (true) {
      Message message = next(lastProgress);
      if (message instanceof Message.Heartbeat beat && beat.id() == id) {
        long now = beat.status().tokens() + beat.status().finished();
        if (now != seen) {
          seen = now;
          lastProgress = System.nanoTime();
        }
        listener.status(beat.status());
      } else if (message instanceof Message.Finished one && one.id() == id) {
        listener.finished(one.request(), one.sample(), one.generation());
        lastProgress = System.nanoTime();
      } else if (message instanceof Message.Done done && done.id() == id) {
        return;
      } else if (message instanceof Message.Failed failed && failed.id() == id) {
        throw new IllegalStateException(failed.reason());
      }
    }
  }

  /** The worker goes on with other units after it has answered. */
  private void stop(long id) {
    send(new Message.Cancel(id));
    try {
      Message message;
      long since = System.nanoTime();
      do {
        message = next(since);
      } while (!(message instanceof Message.Done done && done.id() == id)
          && !(message instanceof Message.Failed failed && failed.id() == id));
    } catch (WorkerLostException e) {
      LOG.debug("a cancelled worker was lost", e);
    }
  }

  private void awaitReady() throws WorkerLostException {
    long began = System.nanoTime();
    long limit = Math.max(LEAST_START_LIMIT.toNanos(), hangTimeout.toNanos());
    while (!ready) {
      ready = poll() instanceof Message.Ready;
      if (!ready && System.nanoTime() - began > limit) {
        throw new WorkerLostException(
            name() + " did not start within " + limit / 1_000_000_000 + " s");
      }
    }
  }

  /** Waits for the next message, as long as the worker shows that it gets on. */
  private Message next(long lastProgress) throws WorkerLostException {
    while (true) {
      Message message = poll();
      if (message != null) {
        return message;
      }
      long now = System.nanoTime();
      if (now - Math.max(lastSign, lastProgress) > hangTimeout.toNanos()) {
        throw new WorkerLostException(
            name() + " gave no sign of life for " + seconds() + " s" + words());
      }
      if (now - lastProgress > hangTimeout.toNanos()) {
        throw new WorkerLostException(
            name() + " sampled nothing for " + seconds() + " s" + words());
      }
    }
  }

  private @Nullable Message poll() throws WorkerLostException {
    if (destroyed) {
      throw new WorkerLostException(name() + " was ended");
    }
    try {
      byte[] line = process.poll(WATCH);
      return line == null ? null : read(line);
    } catch (EndedException e) {
      throw new WorkerLostException(name() + " " + e.how());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new WorkerLostException(name() + ": interrupted while waiting for it");
    }
  }

  private @Nullable Message read(byte[] line) {
    lastSign = System.nanoTime();
    try {
      return Message.Codec.read(line);
    } catch (IOException e) {
      process.note(new String(line, UTF_8) + "\n"); // native code that prints to standard output
      return null;
    }
  }

  private synchronized void send(Message message) {
    process.send(Message.Codec.write(message));
  }

  private String words() {
    String last = process.lastWords();
    return last.isEmpty() ? "" : ", saying: " + last;
  }

  private String name() {
    return "worker " + number + " (process " + process.pid() + ")";
  }

  private long seconds() {
    return Math.max(1, hangTimeout.toSeconds());
  }

  /** Kept conversations end with the session; memory that training needs is given back. */
  @Override
  public void rest() {
    if (!destroyed) {
      send(new Message.Rest());
    }
  }

  @Override
  public void destroy() {
    destroyed = true;
    process.kill();
  }

  @Override
  public boolean awaitEnd(Duration limit) throws InterruptedException {
    return process.awaitEnd(limit);
  }

  /** Where the worker's java and class path come from: those of this process. */
  static List<String> command(List<String> arguments) {
    List<String> command = new ArrayList<>();
    // Ctrl-C goes to the whole group of processes: when a worker ends is this process's decision.
    command.addAll(List.of("/bin/sh", "-c", "trap '' INT; exec \"$@\"", "sh"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:-CreateCoredumpOnCrash",
            "-XX:ErrorFile="
                + Path.of(System.getProperty("java.io.tmpdir"), "r1zero-worker-%p.log")));
    System.getProperties()
        .forEach(
            (key, value) -> {
              if (key.toString().startsWith("r1zero.")
                  || key.toString().startsWith("ai.djl.")
                  || key.toString().startsWith("org.slf4j.")
                  || key.toString().equals("java.io.tmpdir")) {
                command.add("-D" + key + "=" + value);
              }
            });
    command.addAll(List.of("-cp", ChildClassPath.of(WorkerMain.class), WorkerMain.class.getName()));
    command.addAll(arguments);
    return command;
  }
}
