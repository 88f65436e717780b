package org.r1zero.verify.external;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verifiers;
import org.r1zero.verify.environment.Environment;
import org.r1zero.verify.environment.EnvironmentFactory;
import org.r1zero.verify.environment.EnvironmentProvider;
import org.r1zero.verify.records.Records;

/**
 * An environment that is any program: it is started once and, for each turn, reads one line of JSON
 * from its standard input and writes one line of JSON to its standard output.
 *
 * <pre>{@code
 * {"id": "gsm8k/test/1", "question": "…", "gold": "72", "data": {…}, "seed": 17,
 *  "turns": ["the model's first turn", "its second"], "request": 7}
 * {"request": 7, "observation": "…", "reward": 0, "done": false}
 * }</pre>
 *
 * A request has all the turns of the conversation so far, so the program keeps nothing between
 * requests: it may be asked about many conversations in any order, and several of it may run. In
 * the answer {@code reward} may be left out (0), and {@code observation} where {@code done} is
 * true; {@code request} repeats the request's number, so that no line is taken for another's
 * answer.
 *
 * <p>A program that ends, takes too long or answers something else is killed and another is asked
 * the same once more; if that fails too, or the program wrote what no request asked for, the run
 * ends with the program's fault. It runs with this process's rights: it is the user's own program,
 * not model output.
 *
 * <p>Options: {@code command} (list, needed), {@code timeout_seconds} (10), {@code
 * start_timeout_seconds} (30), {@code processes} (1).
 */
public final class ProgramEnvironmentProvider implements EnvironmentProvider {
  private static final double LONGEST = 3600;
  private static final int TRIES = 2;

  @Override
  public String id() {
    return "program";
  }

  @Override
  public EnvironmentFactory create(JsonNode node, Verifiers known) {
    OptionReader options = OptionReader.of("environment 'program'", node);
    List<String> command = options.command("command", "[python3, my_environment.py]");
    Duration timeout = options.seconds("timeout_seconds", 10, 0.001, LONGEST);
    Duration startTimeout = options.seconds("start_timeout_seconds", 30, 0, LONGEST);
    int processes = options.integer("processes", 1, 1, 1000);
    options.finish();
    ProgramPool pool = new ProgramPool(command, processes, timeout, startTimeout);
    try {
      pool.start();
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "environment 'program': can't start " + command + ": " + e.getMessage(), e);
    }
    return (problem, seed) -> new Conversation(pool, problem, seed);
  }

  /** Keeps the turns of one conversation. */
  private static final class Conversation implements Environment {
    private final ProgramPool pool;
    private final Problem problem;
    private final long seed;
    private final List<String> turns = new ArrayList<>();

    Conversation(ProgramPool pool, Problem problem, long seed) {
      this.pool = pool;
      this.problem = problem;
      this.seed = seed;
    }

    @Override
    public Reply step(String text) {
      turns.add(Records.whole(text));
      ObjectNode request = request();
      try {
        pool.acquire();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting for a process", e);
      }
      try {
        for (int tried = 1; ; tried++) {
          try {
            return pool.ask(request, Conversation::reply);
          } catch (ExternalProgram.Failure e) {
            if (tried == TRIES || e.isSurplus() || Thread.currentThread().isInterrupted()) {
              throw new IllegalStateException(e.getMessage(), e);
            }
          }
        }
      } finally {
        pool.release();
      }
    }

    private ObjectNode request() {
      ObjectNode node = ExternalVerifier.request(problem);
      node.put("seed", seed);
      ArrayNode all = node.putArray("turns");
      turns.forEach(all::add);
      return node;
    }

    private static Reply reply(JsonNode node) throws ExternalProgram.Failure {
      JsonNode observation = node.path("observation");
      JsonNode reward = node.path("reward");
      JsonNode done = node.path("done");
      long known = Stream.of(observation, reward, done).filter(key -> !key.isMissingNode()).count();
      boolean readable =
          node.size() == known
              && done.isBoolean()
              && (reward.isMissingNode()
                  || (reward.isNumber() && Double.isFinite(reward.doubleValue())))
              && (observation.isTextual() || done.booleanValue());
      if (!readable) {
        throw new ExternalProgram.Failure(
            "expected {\"observation\": text, \"reward\": number, \"done\": true or false}, found "
                + node);
      }
      return new Reply(
          Records.whole(observation.asText("")), reward.asDouble(0), done.booleanValue());
    }
  }
}
