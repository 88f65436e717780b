package org.r1zero.rollout.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.rollout.generation.SamplingListener;
import org.r1zero.verify.ChildClassPath;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A generator in a process of its own: whatever it dies of, this process lives on. */
final class ProcessWorker implements RolloutWorker {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessWorker.class);
  private static final int KEPT_LINES = 12;
  private static final long WATCH_MILLIS = 100;

  /** A new process loads libtorch and the tokenizer: on a busy machine that takes its time. */
  private static final Duration LEAST_START_LIMIT = Duration.ofSeconds(60);

  private final int number;
  private final Process process;
  private final Duration hangTimeout;
  private final BlockingQueue<String> outgoing = new LinkedBlockingQueue<>();
  private final BlockingQueue<Event> incoming = new LinkedBlockingQueue<>();
  private final Deque<String> lastWords = new ArrayDeque<>();
  private final Thread errors;
  private volatile long lastSign = System.nanoTime();
  private volatile boolean destroyed;
  private boolean ready;
  private long units;

  /** A message; none where the worker's output ended. */
  private record Event(@Nullable Message message) {}

  /**
   * Starts the process, without waiting for it.
   *
   * @param command the whole command line
   */
  ProcessWorker(int number, List<String> command, Duration hangTimeout) throws IOException {
    this.number = number;
    this.hangTimeout = hangTimeout;
    this.process = new ProcessBuilder(command).start();
    daemon("requests", this::write);
    daemon("answers", this::read);
    this.errors = daemon("errors", this::readErrors);
  }

  private Thread daemon(String what, Runnable work) {
    Thread thread = new Thread(work, "rollout-worker-" + number + "-" + what);
    thread.setDaemon(true);
    thread.start();
    return thread;
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
      Event event = poll();
      if (event != null && event.message() == null) {
        throw new WorkerLostException(death());
      }
      ready = event != null && event.message() instanceof Message.Ready;
      if (!ready && System.nanoTime() - began > limit) {
        throw new WorkerLostException(
            name() + " did not start within " + limit / 1_000_000_000 + " s");
      }
    }
  }

  /** Waits for the next message, as long as the worker shows that it gets on. */
  private Message next(long lastProgress) throws WorkerLostException {
    while (true) {
      Event event = poll();
      if (event != null) {
        if (event.message() == null) {
          throw new WorkerLostException(death());
        }
        return event.message();
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

  private @Nullable Event poll() throws WorkerLostException {
    try {
      if (destroyed) {
        throw new WorkerLostException(name() + " was ended");
      }
      return incoming.poll(WATCH_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new WorkerLostException(name() + ": interrupted while waiting for it");
    }
  }

  private void send(Message message) {
    outgoing.add(Message.Codec.write(message));
  }

  private void write() {
    try (Writer writer =
        new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8)) {
      while (process.isAlive()) {
        String line = outgoing.poll(1, TimeUnit.SECONDS);
        if (line != null) {
          writer.write(line + "\n");
          writer.flush();
        }
      }
    } catch (IOException e) {
      LOG.debug("{} takes no more requests", name(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void read() {
    try (BufferedReader lines = lines(process.getInputStream())) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        lastSign = System.nanoTime();
        try {
          incoming.add(new Event(Message.Codec.read(line)));
        } catch (JsonProcessingException e) {
          keep(line); // native code that prints to standard output
        }
      }
    } catch (IOException e) {
      LOG.debug("{} ended", name(), e);
    }
    incoming.add(new Event(null));
  }

  private void readErrors() {
    try (BufferedReader lines = lines(process.getErrorStream())) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        keep(line);
      }
    } catch (IOException e) {
      LOG.debug("{} ended", name(), e);
    }
  }

  private static BufferedReader lines(InputStream stream) {
    return new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
  }

  private void keep(String line) {
    synchronized (lastWords) {
      if (lastWords.size() == KEPT_LINES) {
        lastWords.removeFirst();
      }
      lastWords.addLast(line);
    }
  }

  private String words() {
    synchronized (lastWords) {
      return lastWords.isEmpty() ? "" : "; it said last: " + String.join(" | ", lastWords);
    }
  }

  /** How the process ended, from its exit code: above 128 it is the number of a signal. */
  private String death() {
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        return name() + " closed its output";
      }
      errors.join(1000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    int code = process.isAlive() ? 0 : process.exitValue();
    String how = code > 128 ? "was ended by signal " + (code - 128) : "exited with code " + code;
    return name() + " " + how + words();
  }

  private String name() {
    return "worker " + number + " (process " + process.pid() + ")";
  }

  private long seconds() {
    return Math.max(1, hangTimeout.toSeconds());
  }

  @Override
  public void destroy() {
    destroyed = true;
    process.destroyForcibly();
  }

  @Override
  public boolean awaitEnd(Duration limit) throws InterruptedException {
    return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
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
