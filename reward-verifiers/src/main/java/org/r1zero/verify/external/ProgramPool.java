package org.r1zero.verify.external;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Running copies of one program, started as they are needed. A program that failed is not used
 * again: the next exchange starts another.
 */
final class ProgramPool {

  private final List<String> command;
  private final Duration timeout;
  private final Duration startTimeout;

  /** Fair, so that who waits for somebody else's exchange is next when it is over. */
  private final Semaphore places;

  private final Deque<ExternalProgram> idle = new ConcurrentLinkedDeque<>();

  /** Reads an answer. */
  interface Reading<T> {
    T read(JsonNode answer) throws ExternalProgram.Failure;
  }

  /**
   * Says what is run; nothing is started yet.
   *
   * @param processes most programs at a time
   * @param timeout the longest time for one answer
   * @param startTimeout what the first answer of a program may take more
   */
  ProgramPool(List<String> command, int processes, Duration timeout, Duration startTimeout) {
    this.command = List.copyOf(command);
    this.places = new Semaphore(processes, true);
    this.timeout = timeout;
    this.startTimeout = startTimeout;
  }

  /** Starts a program, which waits for the first exchange. */
  void start() throws IOException {
    idle.addFirst(new ExternalProgram(command));
  }

  /** Waits until a program is free. Each call is followed by one of {@link #release}. */
  void acquire() throws InterruptedException {
    places.acquire();
  }

  /** Gives back what {@link #acquire} took. */
  void release() {
    places.release();
  }

  /**
   * Sends a request to a program and reads its answer; between {@link #acquire} and {@link
   * #release}.
   *
   * @throws ExternalProgram.Failure if the program could not be started, gave no answer, or one
   *     that can't be read
   */
  <T> T ask(ObjectNode request, Reading<T> reading) throws ExternalProgram.Failure {
    ExternalProgram program = running();
    boolean answered = false;
    try {
      T answer =
          reading.read(
              program.exchange(request, program.isFresh() ? timeout.plus(startTimeout) : timeout));
      answered = true;
      return answer;
    } finally {
      if (answered) {
        idle.addFirst(program);
      } else {
        program.close();
      }
    }
  }

  private ExternalProgram running() throws ExternalProgram.Failure {
    @Nullable ExternalProgram waiting = idle.pollFirst();
    try {
      return waiting == null ? new ExternalProgram(command) : waiting;
    } catch (IOException e) {
      throw new ExternalProgram.Failure("can't start " + command.get(0) + ": " + e.getMessage());
    }
  }
}
