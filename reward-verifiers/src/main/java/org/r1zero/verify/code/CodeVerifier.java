package org.r1zero.verify.code;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import org.r1zero.verify.Completion;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierProvider;
import org.r1zero.verify.code.TestReport.Status;
import org.r1zero.verify.format.ReasoningFormat;
import org.r1zero.verify.sandbox.Sandbox;
import org.r1zero.verify.sandbox.SandboxException;
import org.r1zero.verify.sandbox.SandboxLimits;
import org.r1zero.verify.sandbox.SandboxProcess;
import org.r1zero.verify.sandbox.SandboxUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the program in the completion passes the problem's tests ({@link CodeTaskReader} has
 * their forms).
 *
 * <p>The program runs in a sandbox of its own and never sees what is expected; what it returns or
 * prints is compared outside, as plain data. So ending early, printing or patching anything does
 * not pass a test: only right values do. docs/verifiers-code.md says what else is covered.
 *
 * <p>Score 1 if all tests pass. Else 0, or with {@link Scoring#SHARE} the share of them that
 * passed. A completion without a program, or with one that does not compile, is {@link
 * Outcome#UNPARSEABLE}. {@link Outcome#ERROR} means that the sandbox or the judge failed.
 *
 * <p>Verdicts depend on time where a program comes close to a limit; else they are deterministic:
 * hashes and the tests' random numbers have fixed seeds.
 */
public final class CodeVerifier implements Verifier, AutoCloseable {

  private static final Logger LOGGER = LoggerFactory.getLogger(CodeVerifier.class);

  private final CodeConfig config;
  private final CodeExtractor extractor;
  private final Sandbox sandbox;
  private final Harness harness;
  private final Map<Language, CodeRunner> runners = new EnumMap<>(Language.class);

  /** For a second try, where a program can't be what kills it. */
  private final Map<Language, CodeRunner> again = new EnumMap<>(Language.class);

  private final Semaphore permits;

  /**
   * Opens the sandbox; workers start with the first verdict.
   *
   * @throws org.r1zero.verify.sandbox.SandboxUnavailableException if this machine can't isolate
   *     programs, with what to install
   * @throws IllegalArgumentException if there is no Python
   */
  public CodeVerifier(CodeConfig config) {
    this.config = config;
    this.extractor = new CodeExtractor(config.format());
    PythonInterpreter python = PythonInterpreter.find(config.python());
    this.sandbox = config.isolation().open();
    if (config.isolation() == CodeConfig.Isolation.NONE) {
      LOGGER.warn("{}; a model's program can do anything that you can", sandbox.describe());
    } else if (sandbox.isComplete()) {
      LOGGER.info("programs run under {}", sandbox.describe());
    } else {
      LOGGER.warn(
          "programs run under {}; docs/verifiers-code.md says what still holds",
          sandbox.describe());
    }
    this.harness = new Harness(python, config.packages());
    requireStart(python);
    this.permits = new Semaphore(config.workers());
  }

  /** A Python that the sandbox can't show would fail every verdict: better to fail now. */
  private void requireStart(PythonInterpreter python) {
    try (SandboxProcess trial =
        sandbox.start(harness.command("worker", sandbox, Map.of(), config.limits(), true))) {
      trial.awaitReady();
    } catch (SandboxException e) {
      close();
      throw new IllegalArgumentException(
          String.format(
              "%s can't run in the sandbox: %s; name a Python by the option python that all "
                  + "users may read, such as /usr/bin/python3, or allow it more memory_mb",
              python.executable(), e.fault()),
          e);
    }
  }

  @Override
  public String id() {
    return "code";
  }

  /** Reads the task; runs nothing. */
  @Override
  public void check(Problem problem) {
    CodeTaskReader.read(problem, config.language());
  }

  @Override
  public Verdict verify(Problem problem, Completion completion) {
    CodeTask task = CodeTaskReader.read(problem, config.language());
    Optional<Pattern> wanted =
        task.language() == Language.JAVA
            ? Optional.empty()
            : task.entryPoint().map(entry -> PythonRunner.definition(task));
    Optional<String> code = extractor.extract(completion.text(), task.language(), wanted);
    if (code.isEmpty()) {
      return new Verdict(0, Outcome.UNPARSEABLE, "no program found");
    }
    permits.acquireUninterruptibly();
    try {
      TestReport report = runner(task.language(), true).run(task, code.get(), config.scoring());
      if (report.status() == Status.LOST) {
        LOGGER.info("{}: {}; once more", problem.id(), report.reason());
        report = runner(task.language(), false).run(task, code.get(), config.scoring());
      }
      return verdict(report);
    } finally {
      permits.release();
    }
  }

  private Verdict verdict(TestReport report) {
    double share = report.total() == 0 ? 0 : (double) report.passed() / report.total();
    if (report.status() == Status.PASSED) {
      return new Verdict(1, Outcome.CORRECT, report.reason(), Map.of("tests_passed", 1.0));
    }
    Outcome outcome =
        switch (report.status()) {
          case PASSED -> throw new AssertionError();
          case FAILED -> Outcome.INCORRECT;
          case UNREADABLE -> Outcome.UNPARSEABLE;
          case TIMEOUT -> Outcome.TIMEOUT;
          case ERROR, LOST -> Outcome.ERROR; // lost twice: by no fault of the program
        };
    if (config.scoring() == Scoring.ALL || outcome == Outcome.ERROR) {
      return new Verdict(0, outcome, report.reason());
    }
    return new Verdict(
        share,
        outcome == Outcome.INCORRECT && share > 0 ? Outcome.PARTIAL : outcome,
        report.reason(),
        Map.of("tests_passed", share));
  }

  private synchronized CodeRunner runner(Language language, boolean kills) {
    int ahead = kills ? config.workers() : 0;
    return (kills ? runners : again)
        .computeIfAbsent(
            language,
            wanted ->
                switch (wanted) {
                  case PYTHON ->
                      new PythonRunner(
                          sandbox, harness, config.timeout(), config.limits(), kills, ahead);
                  case JAVA ->
                      new JavaRunner(
                          sandbox, harness, config.timeout(), config.javaLimits(), kills, ahead);
                });
  }

  /** Kills all workers and deletes the sandbox's files. */
  @Override
  public synchronized void close() {
    runners.values().forEach(CodeRunner::close);
    again.values().forEach(CodeRunner::close);
    sandbox.close();
    harness.close();
  }

  /**
   * Makes {@link CodeVerifier}s; options {@code language} (python, java), {@code scoring} (all,
   * share), {@code timeout_seconds}, {@code cpu_seconds}, {@code memory_mb}, {@code processes},
   * {@code disk_mb}, {@code sandbox} (bubblewrap, none), {@code workers}, {@code python}, {@code
   * packages} and {@code format}.
   */
  public static final class Provider implements VerifierProvider {

    @Override
    public String id() {
      return "code";
    }

    @Override
    public String description() {
      return "a program that passes the problem's tests, run in a sandbox (Python, Java)";
    }

    @Override
    public Verifier create(JsonNode node) {
      CodeConfig defaults = CodeConfig.DEFAULT;
      SandboxLimits limits = defaults.limits();
      OptionReader options = OptionReader.of("verifier 'code'", node);
      Language language = options.choice("language", defaults.language());
      Scoring scoring = options.choice("scoring", defaults.scoring());
      double timeout =
          options.number("timeout_seconds", defaults.timeout().toMillis() / 1000.0, 0.1, 3600);
      int cpu = options.integer("cpu_seconds", (int) limits.cpuTime().toSeconds(), 1, 3600);
      int memory = options.integer("memory_mb", (int) (limits.memoryBytes() >> 20), 64, 1 << 20);
      int processes = options.integer("processes", limits.processes(), 4, 10_000);
      int disk = options.integer("disk_mb", (int) (limits.diskBytes() >> 20), 1, 1 << 20);
      CodeConfig.Isolation isolation = options.choice("sandbox", defaults.isolation());
      int workers = options.integer("workers", defaults.workers(), 1, 1000);
      JsonNode python = options.node("python");
      boolean packages = options.flag("packages", defaults.packages());
      JsonNode format = options.node("format");
      options.finish();
      try {
        return new CodeVerifier(
            new CodeConfig(
                language,
                scoring,
                Duration.ofMillis(Math.round(timeout * 1000)),
                new SandboxLimits(
                    Duration.ofSeconds(cpu),
                    (long) memory << 20,
                    processes,
                    (long) disk << 20,
                    limits.lineBytes()),
                isolation,
                workers,
                python.asText(""),
                packages,
                ReasoningFormat.parse(format)));
      } catch (SandboxUnavailableException e) {
        throw new IllegalArgumentException("verifier 'code': " + e.getMessage(), e);
      }
    }
  }
}
