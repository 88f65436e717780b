package org.r1zero.verify.code;

import static org.r1zero.verify.code.PythonLiterals.request;
import static org.r1zero.verify.code.PythonLiterals.valid;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.code.TestReport.Status;
import org.r1zero.verify.sandbox.Sandbox;
import org.r1zero.verify.sandbox.SandboxException;
import org.r1zero.verify.sandbox.SandboxLimits;
import org.r1zero.verify.sandbox.SandboxPool;
import org.r1zero.verify.sandbox.SandboxProcess;
import org.r1zero.verify.sandbox.SandboxedCommand;

/**
 * Python programs.
 *
 * <p>Tests run in a judge, the program in a worker: two processes in two sandboxes, which exchange
 * nothing but lines that pass through here. The worker gets the program and the arguments of calls,
 * never what is expected; the judge gets plain values. The worker is used for one program and
 * killed.
 */
final class PythonRunner implements CodeRunner {

  private static final byte[] GONE = "{\"gone\":true}".getBytes(StandardCharsets.UTF_8);

  /** How much longer than the worker a judge may live, to count the tests that have passed. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private static final Pattern SOLUTION =
      Pattern.compile("^class[ \\t]++Solution\\b", Pattern.MULTILINE);
  private static final Pattern STREAMS = Pattern.compile("stdout|stdin|\\binput\\b");

  private final Duration wallTime;
  private final SandboxPool workers;
  private final JudgePool judges;

  /**
   * Prepares to run.
   *
   * @param kills whether programs may kill processes; see {@link SandboxedCommand}
   * @param ahead how many workers to keep ready
   */
  PythonRunner(
      Sandbox sandbox,
      Harness harness,
      Duration wallTime,
      SandboxLimits limits,
      boolean kills,
      int ahead) {
    this.wallTime = wallTime;
    this.workers =
        new SandboxPool(
            sandbox, harness.command("worker", sandbox, Map.of(), limits, kills), ahead);
    this.judges = new JudgePool(sandbox, harness.command("judge", sandbox, Map.of(), limits, true));
  }

  @Override
  public TestReport run(CodeTask task, String code, Scoring scoring) {
    if (task.tests() instanceof CodeTests.Runs runs) {
      return new ProgramRuns(workers, wallTime, List.of())
          .run(runs.runs(), run -> request("python", valid(code), valid(run.input())), scoring);
    }
    try (SandboxProcess worker = workers.take()) {
      worker.startClock(wallTime);
      Optional<TestReport> fault = load(worker, task, code);
      return fault.isPresent() ? fault.get() : judge(worker, task, scoring);
    } catch (SandboxException e) {
      return TestReport.of(status(e), "the worker: " + e.getMessage());
    }
  }

  /** Runs the program's top level. Empty if that worked. */
  private static Optional<TestReport> load(SandboxProcess worker, CodeTask task, String code) {
    String prompt = task.prompt();
    boolean whole = task.entryPoint().isEmpty() || definition(task).matcher(code).find();
    // where the entry point is not defined, or does not compile, the completion goes on where the
    // prompt ends
    List<String> continuations =
        List.of(
            prompt + code,
            prompt + "\n" + code,
            prompt + "\n    " + code.strip(),
            prompt + "\n" + code.indent(4));
    List<String> alone = List.of(code);
    String before = whole && task.entryPoint().isPresent() ? prompt : "";
    try {
      worker.send(
          request(
              "load",
              valid(before),
              PythonLiterals.texts(whole ? alone : List.of()),
              PythonLiterals.texts(prompt.isBlank() ? List.of() : continuations),
              PythonLiterals.texts(alone),
              isLeetCode(task, code),
              mentions(task, STREAMS)));
      JsonNode reply = PythonLiterals.JSON.readTree(worker.receive());
      if (reply.path("syntax").isTextual()) {
        return Optional.of(
            TestReport.of(Status.UNREADABLE, "not a program: " + reply.path("syntax").asText()));
      }
      return reply.path("v").isBoolean()
          ? Optional.empty()
          : Optional.of(
              TestReport.of(Status.FAILED, "raised when loaded: " + reply.path("m").asText("?")));
    } catch (SandboxException e) {
      return Optional.of(TestReport.of(status(e), "when loaded: " + e.getMessage()));
    } catch (IOException e) {
      return Optional.of(TestReport.of(Status.FAILED, "answered something that is not a reply"));
    }
  }

  /** Whether names of the library may be used without import: as methods of LeetCode do. */
  private static boolean isLeetCode(CodeTask task, String code) {
    return task.tests() instanceof CodeTests.Calls || SOLUTION.matcher(code).find();
  }

  private static boolean mentions(CodeTask task, Pattern what) {
    return task.tests() instanceof CodeTests.Asserts asserts
        && asserts.sources().stream().anyMatch(source -> what.matcher(source).find());
  }

  /** What stands in a program that defines the entry point's first name, or a method of it. */
  static Pattern definition(CodeTask task) {
    Matcher name = Pattern.compile("[A-Za-z_]\\w*").matcher(task.entryPoint().orElse(""));
    String first = name.find() ? name.group() : "(?!)";
    return Pattern.compile(
        "^(?:(?:async[ \\t]++)?(?:def|class)[ \\t]++"
            + first
            + "\\b|"
            + first
            + "[ \\t]*+[:=]|class[ \\t]++Solution\\b[^\\n]*+\\n(?:[ \\t][^\\n]*+\\n|\\n)*?[ \\t]++def[ \\t]++"
            + first
            + "\\b)",
        Pattern.MULTILINE);
  }

  private TestReport judge(SandboxProcess worker, CodeTask task, Scoring scoring) {
    JudgePool.@Nullable Judge judge = null;
    SandboxException ended = null;
    try {
      judge = judges.take();
      SandboxProcess process = judge.process();
      process.startClock(wallTime.plus(GRACE));
      process.send(job(task, scoring));
      while (true) {
        byte[] line = process.receive();
        byte[] rest = Arrays.copyOfRange(line, Math.min(1, line.length), line.length);
        if (line.length > 0 && line[0] == 'V') {
          boolean outOfMemory = process.outOfMemory();
          judges.giveBack(judge);
          judge = null;
          return report(task, rest, ended, outOfMemory);
        }
        byte[] reply = GONE;
        if (ended == null) {
          try {
            worker.send(rest);
            reply = worker.receive();
          } catch (SandboxException e) {
            ended = e;
          }
        }
        process.send(reply);
      }
    } catch (SandboxException e) {
      Status status = status(e) == Status.FAILED ? Status.ERROR : status(e);
      return TestReport.of(status, "the judge: " + e.getMessage());
    } finally {
      if (judge != null) {
        judge.process().close();
      }
    }
  }

  private static TestReport report(
      CodeTask task, byte[] line, @Nullable SandboxException ended, boolean outOfMemory) {
    JsonNode verdict;
    try {
      verdict = PythonLiterals.JSON.readTree(line);
    } catch (IOException e) {
      return TestReport.of(Status.ERROR, "the judge's verdict can't be read");
    }
    String fault = verdict.path("fault").asText();
    if (!fault.isEmpty()) {
      throw task.problem().fault(fault);
    }
    if (verdict.has("died")) {
      int signal = -verdict.path("died").asInt();
      if (signal == 9 && !outOfMemory) {
        return TestReport.of(Status.LOST, "the judge was killed");
      }
      return signal == 24
          ? TestReport.of(Status.TIMEOUT, "the tests used more processor time than allowed")
          : TestReport.of(Status.FAILED, "the tests broke a limit on what the program returned");
    }
    int passed = verdict.path("passed").asInt();
    int total = verdict.path("total").asInt();
    if (ended != null) {
      Status status = status(ended);
      return new TestReport(status, Math.min(passed, total), total, "the program " + why(ended));
    }
    return verdict.path("ok").asBoolean()
        ? new TestReport(Status.PASSED, passed, total, "passes all tests")
        : new TestReport(Status.FAILED, passed, total, verdict.path("reason").asText());
  }

  private static byte[] job(CodeTask task, Scoring scoring) {
    ObjectNode job = JsonNodeFactory.instance.objectNode();
    job.put("prompt", task.entryPoint().isPresent() ? valid(task.prompt()) : "");
    job.put("entry", task.entryPoint().orElse(null));
    job.put("stop_early", scoring == Scoring.ALL);
    ArrayNode cases = job.putArray("cases");
    ArrayNode sources = job.putArray("tests");
    if (task.tests() instanceof CodeTests.Asserts asserts) {
      sources.addAll(PythonLiterals.texts(asserts.sources()));
    } else if (task.tests() instanceof CodeTests.Calls calls) {
      for (CodeTests.Call call : calls.calls()) {
        ObjectNode node = cases.addObject();
        node.set("args", call.arguments());
        node.set("expected", call.expected());
      }
      job.put("wrapped", calls.wrapped());
    }
    return PythonLiterals.line(job);
  }

  static Status status(SandboxException e) {
    return switch (e.kind()) {
      case TIMEOUT, CPU_TIME -> Status.TIMEOUT;
      case KILLED, NOT_STARTED -> Status.LOST;
      case ENDED, TOO_LONG -> Status.FAILED;
      case INTERRUPTED -> Status.ERROR;
    };
  }

  static String why(SandboxException e) {
    return switch (e.kind()) {
      case ENDED -> "ended early";
      case KILLED -> "was killed";
      default -> e.fault();
    };
  }

  @Override
  public void close() {
    workers.close();
    judges.close();
  }
}
