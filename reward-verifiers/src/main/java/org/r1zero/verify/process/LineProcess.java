package org.r1zero.verify.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.process.EndedException.End;

/**
 * A process that takes lines and gives lines.
 *
 * <p>Whatever it does - ends, hangs, does not read, writes without end - nobody waits for it for
 * longer than they say: {@link #send} never waits, {@link #receive} kills the process's tree when
 * the time is over. No more lines of its output are held than allowed, the rest waits in its pipe.
 * Its error output is always read, and the end of it kept.
 *
 * <p>One thread at a time sends and receives; any may kill or close.
 */
public final class LineProcess implements AutoCloseable {
  private static final byte[] END = new byte[0];
  private static final int MAX_LINE = 1 << 20;
  private static final int ERROR_CHARS = 1000;
  private static final Duration EXIT_TIME = Duration.ofSeconds(1);

  /** Those that are killed when the JVM ends: a program may not notice that its input has ended. */
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  private static final ExecutorService THREADS =
      Executors.newCachedThreadPool(Daemons.named("process-lines"));

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(LineProcess::killTree)));
  }

  private final Process process;
  private final int lineBytes;
  private final Killing killing;
  private final BlockingQueue<byte[]> lines;
  private final CountDownLatch spoken = new CountDownLatch(1);
  private final StringBuilder words = new StringBuilder();
  private final Future<?> reading;
  private final Future<?> errors;
  private CompletableFuture<Void> writing = CompletableFuture.completedFuture(null);
  private @Nullable End end;
  private boolean over;

  /** How a process's tree is killed. */
  public interface Killing {
    /**
     * Kills it.
     *
     * @param hasSpoken whether it has written anything yet
     */
    void kill(Process process, boolean hasSpoken);
  }

  /**
   * Takes over a process.
   *
   * @param lineBytes the longest line that it may write, in bytes
   * @param heldLines how many lines are read ahead
   */
  public LineProcess(Process process, int lineBytes, int heldLines, Killing killing) {
    this.process = process;
    this.lineBytes = lineBytes;
    this.killing = killing;
    this.lines = new LinkedBlockingQueue<>(heldLines);
    this.reading = THREADS.submit(this::read);
    this.errors = THREADS.submit(this::readErrors);
  }

  /**
   * Starts a process that ends with this one at the latest.
   *
   * @throws IOException if it can't be started
   */
  public static LineProcess start(List<String> command, int lineBytes) throws IOException {
    Process process = new ProcessBuilder(command).start();
    RUNNING.add(process);
    var unused = process.onExit().thenRun(() -> RUNNING.remove(process));
    return new LineProcess(process, lineBytes, 1, (started, spoken) -> killTree(started));
  }

  /**
   * Runs a program that needs no input to its end.
   *
   * @return the lines that it wrote
   * @throws IOException if it can't be started, or does not end in time with exit code 0
   */
  public static List<String> run(List<String> command, Duration limit) throws IOException {
    long deadline = System.nanoTime() + limit.toNanos();
    List<String> said = new ArrayList<>();
    try (LineProcess process = start(command, MAX_LINE)) {
      process.closeInput();
      while (true) {
        byte[] line = process.receive(Duration.ofNanos(deadline - System.nanoTime()));
        said.add(new String(line, StandardCharsets.UTF_8));
      }
    } catch (EndedException e) {
      if (e.code() != 0) {
        throw new IOException(command.get(0) + " " + e.how(), e);
      }
      return said;
    }
  }

  /** Kills a process and those below it. */
  public static void killTree(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  /** Its number. */
  public long pid() {
    return process.pid();
  }

  /** Whether it still runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Waits until it has ended; false where it has not by then. */
  public boolean awaitEnd(Duration limit) throws InterruptedException {
    return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Waits until it has written anything, has ended or the time is over. */
  public void awaitWords(Duration limit) throws InterruptedException {
    boolean unused = spoken.await(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Whether it has written anything yet, or has ended. */
  public boolean hasSpoken() {
    return spoken.getCount() == 0;
  }

  /**
   * Has one line written, and does not wait for it.
   *
   * @param line without line feeds; one is added
   */
  public void send(byte[] line) {
    writing = writing.thenRunAsync(() -> write(line), THREADS);
  }

  private void write(byte[] line) {
    try {
      OutputStream in = process.getOutputStream();
      in.write(line);
      in.write('\n');
      in.flush();
    } catch (IOException e) {
      kill(); // whoever does not listen can't be asked; mostly it has ended
    }
  }

  /** Has its input end after what was sent. */
  public void closeInput() {
    writing = writing.thenRunAsync(this::endInput, THREADS);
  }

  private void endInput() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // it has ended
    }
  }

  /**
   * Waits for the next line.
   *
   * @return the line without its line feed; {@code null} where none came in time
   * @throws EndedException if there will be none
   */
  public byte @Nullable [] poll(Duration limit) throws EndedException, InterruptedException {
    byte[] line = over ? END : lines.poll(limit.toNanos(), TimeUnit.NANOSECONDS);
    if (line == END) {
      over = true;
      throw ended();
    }
    return line;
  }

  /**
   * Waits for the next line, and kills the process where none comes in time.
   *
   * @return the line without its line feed
   * @throws EndedException if there is none
   */
  public byte[] receive(Duration limit) throws EndedException {
    End why = End.TIMEOUT;
    try {
      byte[] line = poll(limit);
      if (line != null) {
        return line;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      why = End.INTERRUPTED;
    }
    kill(why);
    over = true;
    throw ended();
  }

  /** Keeps a text as one of its last words. */
  public void note(String text) {
    synchronized (words) {
      words.append(text);
      words.delete(0, Math.max(0, words.length() - ERROR_CHARS));
    }
  }

  /** The end of what it wrote to standard error, in one line. */
  public String lastWords() {
    synchronized (words) {
      return words.toString().strip().replaceAll("\\s*\\R\\s*", " | ").replaceAll("\\s+", " ");
    }
  }

  private int exitCode() {
    try {
      return awaitEnd(EXIT_TIME) ? process.exitValue() : -1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return -1;
    }
  }

  private EndedException ended() {
    End why = why();
    int code = why == End.EXITED ? exitCode() : -1;
    return new EndedException(
        why,
        code,
        switch (why) {
          case TIMEOUT -> "took longer than allowed";
          case TOO_LONG -> "wrote a line longer than " + lineBytes + " bytes";
          case INTERRUPTED -> "was not waited for, since the thread was interrupted";
          case EXITED -> exited(code);
        });
  }

  private synchronized End why() {
    return end == null ? End.EXITED : end;
  }

  private String exited(int code) {
    try {
      errors.get(EXIT_TIME.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      // what it said so far is all there is
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    String last = lastWords();
    return (code < 0
            ? "closed its output"
            : code > 128 ? "was ended by signal " + (code - 128) : "ended with exit code " + code)
        + (last.isEmpty() ? "" : ", saying: " + last);
  }

  /** Kills the tree: {@link #receive} finds that it has ended. */
  public void kill() {
    killing.kill(process, hasSpoken());
  }

  /** Kills the tree, for the first reason that is given for a process that still runs. */
  private void kill(End why) {
    synchronized (this) {
      // a line too long is what is wrong with a process that has ended after it as well
      if (end == null && (why == End.TOO_LONG || process.isAlive())) {
        end = why;
      }
    }
    kill();
  }

  /** Kills the tree; nobody may wait for a line any more. */
  @Override
  public void close() {
    kill();
    reading.cancel(true);
  }

  private void read() {
    try {
      readLines();
      spoken.countDown();
      lines.put(END);
    } catch (InterruptedException e) {
      // closed: nobody waits for a line
    }
  }

  private void readLines() throws InterruptedException {
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
          return;
        }
        int from = length;
        length += count;
        int start = 0;
        for (int i = from; i < length; i++) {
          if (buffer[i] == '\n') {
            lines.put(Arrays.copyOfRange(buffer, start, i));
            start = i + 1;
          }
        }
        System.arraycopy(buffer, start, buffer, 0, length - start);
        length -= start;
        if (length > lineBytes) {
          kill(End.TOO_LONG);
          return;
        }
        if (length == 0 && buffer.length > 1 << 16) {
          buffer = new byte[1 << 13];
        }
      }
    } catch (IOException e) {
      // the process was killed while we read
    }
  }

  private void readErrors() {
    char[] buffer = new char[4096];
    try (Reader reader = process.errorReader(StandardCharsets.UTF_8)) {
      for (int n = reader.read(buffer); n >= 0; n = reader.read(buffer)) {
        note(new String(buffer, 0, n));
      }
    } catch (IOException e) {
      // the process was killed: what it said so far is all there is
    }
  }
}
