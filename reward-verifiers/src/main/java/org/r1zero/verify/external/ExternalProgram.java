package org.r1zero.verify.external;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One running program that answers one line for each line that it is given. Whatever it does -
 * ends, hangs, does not read, writes without end - an exchange comes to an end in time; after a
 * failed exchange it is killed, with its descendants, and can't be used again.
 *
 * <p>For one thread at a time.
 */
final class ExternalProgram implements AutoCloseable {

  private static final int MAX_LINE = 1 << 20;
  private static final int MAX_ERROR_TEXT = 200;

  /** Killed when the JVM ends, since a program may not notice that its input has ended. */
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(ExternalProgram::kill)));
  }

  private final Process process;
  private final Writer input;
  private final BufferedReader output;
  private final ExecutorService exchanges;
  private final ErrorText errors;
  private boolean fresh = true;

  /** The program failed; the message says how. */
  static final class Failure extends Exception {
    private static final long serialVersionUID = 1;
    private final boolean timeout;

    Failure(String message, boolean timeout) {
      super(message);
      this.timeout = timeout;
    }

    boolean isTimeout() {
      return timeout;
    }
  }

  /**
   * Starts the program.
   *
   * @throws IOException if it can't be started
   */
  ExternalProgram(List<String> command) throws IOException {
    this.process = new ProcessBuilder(command).start();
    RUNNING.add(process);
    this.input = process.outputWriter(StandardCharsets.UTF_8);
    this.output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    this.errors = new ErrorText(process.errorReader(StandardCharsets.UTF_8));
    this.exchanges = Executors.newFixedThreadPool(2, task -> daemon(task, command.get(0)));
    exchanges.execute(errors);
  }

  /** Whether nothing has been asked of it yet. */
  boolean isFresh() {
    return fresh;
  }

  /**
   * Sends a line and waits for the answer.
   *
   * @return the answer, without its line end
   * @throws Failure if the program ended, took too long or wrote too much; it is killed then
   */
  String exchange(String line, Duration limit) throws Failure {
    fresh = false;
    Future<String> answer = exchanges.submit(() -> sendAndRead(line));
    try {
      return answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      close();
      throw new Failure("no answer within " + limit.toMillis() + " ms", true);
    } catch (ExecutionException e) {
      throw new Failure(ending(e.getCause()), false);
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw new Failure("interrupted while waiting for the answer", false);
    }
  }

  private String sendAndRead(String line) throws IOException {
    while (output.ready()) {
      readLine(); // Left over: not an answer to this request.
    }
    input.write(line);
    input.write('\n');
    input.flush();
    return readLine();
  }

  private String readLine() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = output.read(); c != '\n'; c = output.read()) {
      if (c < 0) {
        throw new IOException("it ended");
      }
      if (line.length() == MAX_LINE) {
        throw new IOException("it wrote a line of more than " + MAX_LINE + " characters");
      }
      line.append((char) c);
    }
    return line.toString();
  }

  /** Says how the program ended; kills it first if it only misbehaved. */
  private String ending(@Nullable Throwable cause) {
    boolean ended;
    try {
      ended = process.waitFor(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      ended = false;
    }
    String how =
        ended
            ? "the program ended with exit code " + process.exitValue()
            : "the program failed: " + (cause == null ? "unknown" : cause.getMessage());
    close();
    String said = errors.last();
    return said.isEmpty() ? how : how + ", saying: " + said;
  }

  @Override
  public void close() {
    kill(process);
    exchanges.shutdownNow();
    RUNNING.remove(process);
  }

  private static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, "external-" + name);
    thread.setDaemon(true);
    return thread;
  }

  /** Reads the program's error output, so that it never waits for it, and keeps its end. */
  private static final class ErrorText implements Runnable {

    private final Reader reader;
    private final StringBuilder text = new StringBuilder();

    ErrorText(Reader reader) {
      this.reader = reader;
    }

    @Override
    public void run() {
      char[] buffer = new char[4096];
      try (reader) {
        for (int n = reader.read(buffer); n >= 0; n = reader.read(buffer)) {
          synchronized (text) {
            text.append(buffer, 0, n);
            text.delete(0, Math.max(0, text.length() - MAX_ERROR_TEXT));
          }
        }
      } catch (IOException e) {
        // The program was killed: what it said so far is all there is.
      }
    }

    String last() {
      synchronized (text) {
        return text.toString().strip().replaceAll("\\s+", " ");
      }
    }
  }
}
