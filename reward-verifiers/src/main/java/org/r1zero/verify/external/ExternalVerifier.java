package org.r1zero.verify.external;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.r1zero.verify.Completion;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.OptionValues;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.ScoreRange;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierProvider;
import org.r1zero.verify.records.Records;

/**
 * A verifier that is any program: it is started once and, for each completion, reads one line of
 * JSON from its standard input and writes one line of JSON to its standard output.
 *
 * <pre>{@code
 * {"id": "gsm8k/test/1", "question": "…", "gold": "72", "data": {…}, "completion": "…",
 *  "tokens": 93, "finish_reason": "stop", "request": 7}
 * {"request": 7, "score": 1, "outcome": "correct", "reason": "…", "parts": {"name": 0.5}}
 * }</pre>
 *
 * Requests are ASCII (other characters are escaped). In the answer only {@code score} is needed;
 * {@code request} repeats the request's number, so that no line is taken for another's answer;
 * without an outcome the highest score is correct, the lowest incorrect, what is between partial.
 *
 * <p>A program that ends, takes too long, answers something else or a score outside the range gives
 * {@link Outcome#ERROR} or {@link Outcome#TIMEOUT} with the declared failure score; it is killed
 * and started anew for the next completion. It runs with this process's rights: it is the user's
 * own program, not model output.
 */
public final class ExternalVerifier implements Verifier {

  private final ExternalConfig config;
  private final ProgramPool pool;

  /**
   * Starts the first process, so that a wrong command shows at once.
   *
   * @throws IllegalArgumentException if it can't be started
   */
  public ExternalVerifier(ExternalConfig config) {
    this.config = config;
    this.pool =
        new ProgramPool(
            config.command(), config.processes(), config.timeout(), config.startTimeout());
    try {
      pool.start();
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "verifier 'external': can't start " + config.command() + ": " + e.getMessage(), e);
    }
  }

  @Override
  public String id() {
    return "external";
  }

  @Override
  public ScoreRange range() {
    return config.range();
  }

  @Override
  public double failureScore() {
    return config.failureScore();
  }

  /**
   * Problems are the program's own to judge: it is not asked before there is something to judge.
   */
  @Override
  public void check(Problem problem) {}

  @Override
  public Verdict verify(Problem problem, Completion completion) {
    ObjectNode request = request(problem, completion);
    try {
      pool.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed(Outcome.ERROR, "interrupted while waiting for a process");
    }
    try {
      return pool.ask(request, this::verdict);
    } catch (ExternalProgram.Failure e) {
      return failed(
          e.isTimeout() ? Outcome.TIMEOUT : Outcome.ERROR, String.valueOf(e.getMessage()));
    } finally {
      pool.release();
    }
  }

  /** What a program is told about a completion and its problem. */
  static ObjectNode request(Problem problem, Completion completion) {
    ObjectNode node = request(problem);
    node.put("completion", Records.whole(completion.text()));
    node.put("tokens", completion.tokenCount());
    node.put("finish_reason", OptionValues.name(completion.finishReason()));
    return node;
  }

  /** What a program is told of a problem. */
  static ObjectNode request(Problem problem) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("id", problem.id());
    node.put("question", problem.question());
    node.put("gold", problem.gold());
    node.set("data", problem.data());
    return node;
  }

  private Verdict verdict(JsonNode node) throws ExternalProgram.Failure {
    JsonNode score = node.path("score");
    if (!score.isNumber() || !config.range().contains(score.doubleValue())) {
      throw new ExternalProgram.Failure(
          "expected an object with a score in " + range().interval() + ", found " + node);
    }
    Map<String, Double> parts = new HashMap<>();
    for (Map.Entry<String, JsonNode> part : node.path("parts").properties()) {
      if (!part.getValue().isNumber()) {
        throw new ExternalProgram.Failure("parts must be numbers, found " + node);
      }
      parts.put(part.getKey(), part.getValue().doubleValue());
    }
    return new Verdict(
        score.doubleValue(),
        outcome(node.path("outcome"), score.doubleValue()),
        node.path("reason").asText(""),
        parts);
  }

  private Outcome outcome(JsonNode node, double score) throws ExternalProgram.Failure {
    if (node.isMissingNode() || node.isNull()) {
      return score >= range().max()
          ? Outcome.CORRECT
          : score <= range().min() ? Outcome.INCORRECT : Outcome.PARTIAL;
    }
    return OptionValues.constant(Outcome.class, node)
        .orElseThrow(() -> new ExternalProgram.Failure("unknown outcome " + node));
  }

  private Verdict failed(Outcome outcome, String reason) {
    return new Verdict(failureScore(), outcome, reason);
  }

  /**
   * Makes {@link ExternalVerifier}s; options {@code command} (list, needed), {@code min} and {@code
   * max} (the range of scores, default 0 and 1), {@code failure_score} (default {@code min}),
   * {@code timeout_seconds} (default 10), {@code start_timeout_seconds} (default 30) and {@code
   * processes} (default 1).
   */
  public static final class Provider implements VerifierProvider {

    private static final double LARGEST = 1e6;
    private static final double LONGEST = 3600;

    @Override
    public String id() {
      return "external";
    }

    @Override
    public String description() {
      return "any program that reads problems and answers verdicts as JSON lines";
    }

    @Override
    public Verifier create(JsonNode node) {
      OptionReader options = OptionReader.of("verifier 'external'", node);
      List<String> command = options.command("command", "[python3, my_verifier.py]");
      double min = options.number("min", 0, -LARGEST, LARGEST);
      double max = options.number("max", 1, -LARGEST, LARGEST);
      double failureScore = options.number("failure_score", min, -LARGEST, LARGEST);
      Duration timeout = options.seconds("timeout_seconds", 10, 0.001, LONGEST);
      Duration startTimeout = options.seconds("start_timeout_seconds", 30, 0, LONGEST);
      int processes = options.integer("processes", 1, 1, 1000);
      if (min > max || failureScore < min || failureScore > max) {
        options.fault("options need min <= failure_score <= max");
      }
      options.finish();
      return new ExternalVerifier(
          new ExternalConfig(
              command, new ScoreRange(min, max), failureScore, timeout, startTimeout, processes));
    }
  }
}
