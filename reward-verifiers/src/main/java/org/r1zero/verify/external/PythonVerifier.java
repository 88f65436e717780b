package org.r1zero.verify.external;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.Completion;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.OptionValues;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.ProgramHome;
import org.r1zero.verify.ScoreRange;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierProvider;

/**
 * A verifier that is a Python function of the user's, in one of three forms, told apart by the
 * names of its parameters: verl's {@code compute_score(data_source, solution_str, ground_truth,
 * extra_info)}, TRL's {@code f(prompts, completions, **columns)}, and OpenRLHF's {@code
 * reward_func(queries, prompts, labels)}; each may be async.
 *
 * <p>It runs in Python processes with this process's rights: it is the user's own code, not model
 * output. What it raises, and an answer that is not a number, is an {@link Outcome#ERROR}; too long
 * a time is a {@link Outcome#TIMEOUT}, after which the process is killed and another one started.
 */
public final class PythonVerifier implements Verifier {

  private static final String NAME = "verifier 'python': ";
  private static final int MAX_FAILED_TRIALS = 3;

  private final PythonConfig config;
  private final ProgramPool pool;
  private final List<String> columns = new ArrayList<>();
  private final ConcurrentLinkedQueue<Waiting> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger failedTrials = new AtomicInteger();
  private final AtomicReference<@Nullable String> trial = new AtomicReference<>();

  /** A completion that is to be judged. */
  private static final class Waiting {
    private final ObjectNode request;
    private final Semaphore news = new Semaphore(0);
    private volatile @Nullable Verdict verdict;

    Waiting(ObjectNode request) {
      this.request = request;
    }

    void judged(Verdict found) {
      verdict = found;
      news.release();
    }
  }

  /**
   * Starts the first process and has it load the file.
   *
   * @throws IllegalArgumentException if there is no such Python, file or function, or the file
   *     can't be loaded; the message has what Python said
   */
  public PythonVerifier(PythonConfig config) {
    this.config = config;
    if (!Files.isRegularFile(config.file())) {
      throw new IllegalArgumentException(
          String.format(
              "%sthere is no file %s (in %s)",
              NAME, config.file(), config.file().toAbsolutePath().getParent()));
    }
    this.pool =
        new ProgramPool(
            command(config), config.processes(), config.timeout(), config.startTimeout());
    try {
      JsonNode loaded = pool.ask(items(List.of()), PythonVerifier::loaded);
      loaded.path("needs").forEach(column -> columns.add(column.asText()));
    } catch (ExternalProgram.Failure e) {
      throw new IllegalArgumentException(
          NAME + config.file() + " can't be loaded: " + e.getMessage(), e);
    }
  }

  private static List<String> command(PythonConfig config) {
    return List.of(
        config.python(),
        "-c",
        script(),
        config.file().toString(),
        config.function(),
        ExternalProgram.written(config.arguments()),
        OptionValues.name(config.completions()));
  }

  private static String script() {
    String name = "python_reward.py";
    try (InputStream in = PythonVerifier.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String id() {
    return "python";
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
   * Checks that the problem has the columns that the function asks for by name, and calls it once,
   * with the reference answer for a completion, so that what fails always does so at the start.
   */
  @Override
  public void check(Problem problem) {
    for (String column : columns) {
      if (!problem.data().has(column)) {
        throw new IllegalArgumentException(
            String.format(
                "%sthe function needs the column '%s', which problem %s does not have; it has "
                    + "%s",
                NAME, column, problem.id(), names(problem)));
      }
    }
    String fault = trial.get();
    if (fault == null || (!fault.isEmpty() && failedTrials.get() < MAX_FAILED_TRIALS)) {
      Verdict verdict = verify(problem, Completion.of(problem.gold()));
      fault = verdict.outcome().isFailure() ? verdict.reason() : "";
      failedTrials.addAndGet(fault.isEmpty() ? 0 : 1);
      trial.set(fault);
    }
    if (!fault.isEmpty()) {
      throw new IllegalArgumentException(
          NAME
              + config.file()
              + " fails on the reference answer of problem "
              + problem.id()
              + ": "
              + fault);
    }
  }

  private static String names(Problem problem) {
    List<String> names = new ArrayList<>();
    problem.data().fieldNames().forEachRemaining(names::add);
    return names.isEmpty() ? "none" : String.join(", ", names);
  }

  @Override
  public Verdict verify(Problem problem, Completion completion) {
    Waiting mine = new Waiting(ExternalVerifier.request(problem, completion));
    waiting.add(mine);
    // Whoever gets a process judges all that is waiting by then, up to a batch.
    for (Verdict verdict = mine.verdict; ; verdict = mine.verdict) {
      if (verdict != null) {
        return verdict;
      }
      try {
        pool.acquire();
      } catch (InterruptedException e) {
        waiting.remove(mine);
        Thread.currentThread().interrupt();
        return failed(Outcome.ERROR, "interrupted while waiting for a process");
      }
      boolean judged;
      try {
        judged = mine.verdict != null || judge(mine);
      } finally {
        pool.release();
      }
      try {
        if (!judged) {
          mine.news.acquire();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return failed(Outcome.ERROR, "interrupted while waiting for the answer");
      }
    }
  }

  /** Judges what is waiting; false where somebody else has all of it in hand. */
  private boolean judge(Waiting mine) {
    List<Waiting> batch = new ArrayList<>();
    for (Waiting next = waiting.poll(); next != null; next = waiting.poll()) {
      batch.add(next);
      if (batch.size() == config.batch()) {
        break;
      }
    }
    if (batch.isEmpty()) {
      return false;
    }
    try {
      List<Verdict> verdicts = ask(batch);
      for (int i = 0; i < verdicts.size(); i++) {
        batch.get(i).judged(verdicts.get(i));
      }
    } catch (ExternalProgram.Failure e) {
      if (batch.size() == 1 && !Thread.currentThread().isInterrupted()) {
        batch.get(0).judged(failed(e));
      } else {
        batch.forEach(one -> judgeAlone(one, mine));
      }
    }
    return true;
  }

  /** After a batch failed, so that one completion does not spoil the verdicts of others. */
  private void judgeAlone(Waiting one, Waiting mine) {
    if (Thread.currentThread().isInterrupted()) { // my own time is over, that of others is not
      if (one == mine) {
        one.judged(failed(Outcome.ERROR, "interrupted while waiting for the answer"));
      } else {
        waiting.add(one);
        one.news.release();
      }
      return;
    }
    try {
      one.judged(ask(List.of(one)).get(0));
    } catch (ExternalProgram.Failure e) {
      one.judged(failed(e));
    }
  }

  private List<Verdict> ask(List<Waiting> batch) throws ExternalProgram.Failure {
    return pool.ask(
        items(batch), answer -> verdicts(loaded(answer).path("verdicts"), batch.size()));
  }

  private static ObjectNode items(List<Waiting> batch) {
    ObjectNode request = JsonNodeFactory.instance.objectNode();
    request.putArray("items").addAll(batch.stream().map(one -> one.request).toList());
    return request;
  }

  /** An answer of a process that could load the file. */
  private static JsonNode loaded(JsonNode answer) throws ExternalProgram.Failure {
    if (answer.has("fault")) {
      throw new ExternalProgram.Failure(answer.get("fault").asText());
    }
    return answer;
  }

  private List<Verdict> verdicts(JsonNode nodes, int count) throws ExternalProgram.Failure {
    if (nodes.size() != count) {
      throw new ExternalProgram.Failure("expected " + count + " verdicts, found " + nodes.size());
    }
    List<Verdict> verdicts = new ArrayList<>();
    nodes.forEach(node -> verdicts.add(verdict(node)));
    return verdicts;
  }

  private Verdict verdict(JsonNode node) {
    if (node.has("error")) {
      return failed(Outcome.ERROR, node.get("error").asText());
    }
    if (node.has("none")) {
      return new Verdict(range().nearest(0), Outcome.NOT_APPLICABLE, "the function returned None");
    }
    double score = node.path("score").asDouble();
    if (!range().contains(score)) {
      return failed(
          Outcome.ERROR,
          "the function returned " + score + ", which is not in " + range().interval());
    }
    Map<String, Double> parts = new HashMap<>();
    node.path("parts")
        .properties()
        .forEach(part -> parts.put(part.getKey(), part.getValue().asDouble()));
    boolean correct =
        node.has("correct") ? node.get("correct").asBoolean() : score >= config.correctAt();
    Outcome outcome =
        correct
            ? Outcome.CORRECT
            : score > Math.max(0, range().min()) ? Outcome.PARTIAL : Outcome.INCORRECT;
    return new Verdict(score, outcome, node.path("reason").asText(""), parts);
  }

  private Verdict failed(ExternalProgram.Failure failure) {
    return failed(
        failure.isTimeout() ? Outcome.TIMEOUT : Outcome.ERROR,
        String.valueOf(failure.getMessage()));
  }

  private Verdict failed(Outcome outcome, String reason) {
    return new Verdict(failureScore(), outcome, reason);
  }

  /**
   * Makes {@link PythonVerifier}s; options {@code file} (needed), {@code function} (default: the
   * only one that fits), {@code python} (default python3), {@code completions} (auto, text, chat),
   * {@code kwargs} (more arguments), {@code min} and {@code max} (default: any score), {@code
   * correct_at} (default {@code max}, otherwise 1), {@code failure_score} (default {@code min},
   * otherwise 0), {@code timeout_seconds} (default 30), {@code start_timeout_seconds} (default
   * 120), {@code processes} (default: one per core, at most 4) and {@code batch} (default 1).
   */
  public static final class Provider implements VerifierProvider {

    private static final double LARGEST = 1e6;
    private static final double LONGEST = 3600;
    private static final int USUAL_PROCESSES = 4;

    @Override
    public String id() {
      return "python";
    }

    @Override
    public String description() {
      return "a reward function in Python, as written for verl, TRL or OpenRLHF";
    }

    @Override
    public Verifier create(JsonNode node) {
      OptionReader options = OptionReader.of("verifier 'python'", node);
      String file = options.text("file", "");
      String function = options.text("function", "");
      String python = options.text("python", "python3");
      PythonConfig.Completions completions =
          options.choice("completions", PythonConfig.Completions.AUTO);
      JsonNode arguments = options.node("kwargs");
      double min = options.number("min", -LARGEST, -LARGEST, LARGEST);
      double max = options.number("max", LARGEST, -LARGEST, LARGEST);
      double correctAt = options.number("correct_at", node.has("max") ? max : 1, -LARGEST, LARGEST);
      double usual = node.has("min") ? min : Math.min(0, max);
      double failureScore = options.number("failure_score", usual, -LARGEST, LARGEST);
      Duration timeout = options.seconds("timeout_seconds", 30, 0.001, LONGEST);
      Duration startTimeout = options.seconds("start_timeout_seconds", 120, 0, LONGEST);
      int cores = Math.min(USUAL_PROCESSES, Runtime.getRuntime().availableProcessors());
      int processes = options.integer("processes", cores, 1, 1000);
      int batch = options.integer("batch", 1, 1, 10_000);
      if (file.isEmpty()) {
        options.fault("option 'file' must name a Python file with a reward function");
      }
      if (!arguments.isMissingNode() && !arguments.isObject()) {
        options.fault("option 'kwargs' must be a mapping of names to values, was " + arguments);
      }
      if (min > max || failureScore < min || failureScore > max) {
        options.fault("options need min <= failure_score <= max");
      }
      options.finish();
      return new PythonVerifier(
          new PythonConfig(
              ProgramHome.find(Path.of(file)),
              function,
              python,
              completions,
              arguments instanceof ObjectNode object
                  ? object
                  : JsonNodeFactory.instance.objectNode(),
              new ScoreRange(min, max),
              correctAt,
              failureScore,
              timeout,
              startTimeout,
              processes,
              batch));
    }
  }
}
