package org.r1zero.verify.external;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.r1zero.verify.process.EndedException;
import org.r1zero.verify.process.EndedException.End;
import org.r1zero.verify.process.LineProcess;

/**
 * One running program that answers one line of JSON for each line of JSON that it is given. After a
 * failed exchange it is to be closed, which kills it with its descendants.
 *
 * <p>Each request has a number under {@value #REQUEST}, which the answer may repeat; a program that
 * repeats it once always has to. So what it writes late or twice is never taken for the answer to
 * another request: it is a fault. Of a program that does not repeat it, a line that comes when
 * nothing was asked is a fault.
 *
 * <p>For one thread at a time.
 */
final class ExternalProgram implements AutoCloseable {

  /** The key of a request's number. */
  static final String REQUEST = "request";

  private static final int MAX_LINE = 1 << 20;
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private final LineProcess lines;
  private long asked;
  private boolean repeats;

  /** The program failed; the message says how. */
  static final class Failure extends Exception {
    private static final long serialVersionUID = 1;
    private final boolean timeout;
    private final boolean surplus;

    Failure(String message) {
      this(message, false, false);
    }

    private Failure(String message, boolean timeout, boolean surplus) {
      super(message);
      this.timeout = timeout;
      this.surplus = surplus;
    }

    boolean isTimeout() {
      return timeout;
    }

    /** Whether it wrote what nobody asked for, so that a copy of it is not to be trusted either. */
    boolean isSurplus() {
      return surplus;
    }
  }

  /**
   * Starts the program.
   *
   * @throws IOException if it can't be started
   */
  ExternalProgram(List<String> command) throws IOException {
    this.lines = LineProcess.start(command, MAX_LINE);
  }

  /** Whether nothing has been asked of it yet. */
  boolean isFresh() {
    return asked == 0;
  }

  /**
   * Sends a request and waits for the answer.
   *
   * @return the answer, without the request's number
   * @throws Failure if the program ended, took too long, wrote too much or what is no answer to
   *     this request
   */
  JsonNode exchange(ObjectNode request, Duration limit) throws Failure {
    try {
      byte[] early = lines.poll(Duration.ZERO);
      if (early != null) {
        throw surplus("wrote a line that no request asked for", text(early));
      }
      String line = written(request.put(REQUEST, ++asked));
      lines.send(line.getBytes(StandardCharsets.UTF_8));
      return answer(text(lines.receive(limit)));
    } catch (EndedException e) {
      throw failure(e, limit);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted();
    }
  }

  /** A tree in one line of ASCII. */
  static String written(JsonNode node) {
    try {
      return JSON.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can always be written", e);
    }
  }

  private JsonNode answer(String line) throws Failure {
    JsonNode answer;
    try {
      answer = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new Failure("the answer is not JSON: " + line);
    }
    JsonNode number =
        answer instanceof ObjectNode object && object.has(REQUEST) ? object.remove(REQUEST) : null;
    if (number == null ? repeats : number.asLong() != asked) {
      throw surplus("answered another request than the last, number " + asked, line);
    }
    repeats = number != null;
    return answer;
  }

  private static Failure surplus(String did, String line) {
    return new Failure(
        String.format(
            "the program %s: %s (it has to write one line per request, and all else to "
                + "standard error; an answer that repeats the key \"%s\" is never taken for "
                + "another's)",
            did, line, REQUEST),
        false,
        true);
  }

  private Failure failure(EndedException e, Duration limit) {
    if (e.end() == End.INTERRUPTED) {
      return interrupted();
    }
    if (e.end() == End.TIMEOUT) {
      return new Failure("no answer within " + limit.toMillis() + " ms", true, false);
    }
    return new Failure("the program " + e.how());
  }

  private static Failure interrupted() {
    return new Failure("interrupted while waiting for the answer");
  }

  private static String text(byte[] line) {
    return new String(line, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    lines.close();
  }
}
