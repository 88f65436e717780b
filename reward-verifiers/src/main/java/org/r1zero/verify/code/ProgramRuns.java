package org.r1zero.verify.code;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.code.TestReport.Status;
import org.r1zero.verify.records.Records;
import org.r1zero.verify.sandbox.SandboxException;
import org.r1zero.verify.sandbox.SandboxPool;
import org.r1zero.verify.sandbox.SandboxProcess;

/**
 * Runs a program once for each test and compares its output here, where the program can't reach.
 * Each run is a process of its own; a run that ends its worker is followed by one in a new worker.
 */
final class ProgramRuns {

  private final SandboxPool workers;
  private final Duration wallTime;
  private final List<byte[]> preparations;

  /**
   * Prepares for one program.
   *
   * @param wallTime for all runs together
   * @param preparations requests that a worker gets before the first run; each must succeed, or the
   *     program is unreadable
   */
  ProgramRuns(SandboxPool workers, Duration wallTime, List<byte[]> preparations) {
    this.workers = workers;
    this.wallTime = wallTime;
    this.preparations = preparations;
  }

  /** Runs the tests in order. */
  TestReport run(
      List<CodeTests.Run> runs, Function<CodeTests.Run, byte[]> request, Scoring scoring) {
    long deadline = System.nanoTime() + wallTime.toNanos();
    SandboxProcess worker = null;
    int passed = 0;
    Status status = Status.PASSED;
    String reason = "passes all tests";
    try {
      for (int i = 0; i < runs.size(); i++) {
        String fault;
        try {
          if (worker == null) {
            worker = workers.take();
            worker.startClock(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
            TestReport unfit = prepare(worker, preparations);
            if (unfit != null) {
              return unfit;
            }
          }
          worker.send(request.apply(runs.get(i)));
          JsonNode reply = PythonLiterals.JSON.readTree(worker.receive());
          if (reply.path("syntax").isTextual()) {
            return TestReport.of(
                Status.UNREADABLE, "not a program: " + reply.path("syntax").asText());
          }
          fault = fault(reply, runs.get(i).output());
          if (fault.isEmpty()) {
            passed++;
            continue;
          }
          if (reply.path("status").asInt() == -24) {
            status = Status.TIMEOUT;
          } else if (wasKilled(reply, worker)) {
            status = Status.LOST;
          }
        } catch (SandboxException e) {
          fault = "the program " + PythonRunner.why(e);
          status = PythonRunner.status(e);
          if (worker != null) {
            worker.close();
            worker = null;
          }
        } catch (IOException e) {
          fault = "the worker's reply can't be read";
        }
        if (reason.startsWith("passes")) {
          reason = "test " + (i + 1) + ": " + fault;
        }
        status = status == Status.PASSED ? Status.FAILED : status;
        if (scoring == Scoring.ALL
            || status == Status.ERROR
            || status == Status.LOST
            || System.nanoTime() > deadline) {
          break;
        }
      }
    } finally {
      if (worker != null) {
        worker.close();
      }
    }
    return new TestReport(status, passed, runs.size(), reason);
  }

  /** Sends requests that must succeed; {@code null} where all did. */
  static @Nullable TestReport prepare(SandboxProcess worker, List<byte[]> preparations)
      throws SandboxException, IOException {
    for (byte[] preparation : preparations) {
      worker.send(preparation);
      JsonNode reply = PythonLiterals.JSON.readTree(worker.receive());
      if (wasKilled(reply, worker)) {
        return TestReport.of(Status.LOST, "the compiler was killed");
      }
      if (!reply.path("v").isBoolean() && reply.path("status").asInt(1) != 0) {
        return TestReport.of(
            Status.UNREADABLE,
            "not a program: " + shown(reply.path("err").asText(reply.path("m").asText())));
      }
    }
    return null;
  }

  /** Whether a process was killed, and not because memory ran out. */
  static boolean wasKilled(JsonNode reply, SandboxProcess worker) {
    return reply.path("status").asInt() == -9 && !worker.outOfMemory();
  }

  /** What is wrong with a run; empty if nothing is. */
  private static String fault(JsonNode reply, String expected) {
    int status = reply.path("status").asInt(1);
    if (status != 0) {
      String err = reply.path("err").asText().strip();
      String last = err.substring(err.lastIndexOf('\n') + 1);
      return status == -24
          ? "the program used more processor time than allowed"
          : "exit code " + status + (last.isEmpty() ? "" : ", " + shown(last));
    }
    if (!reply.path("out").isTextual()) {
      return "the output is too long";
    }
    String out = reply.path("out").textValue();
    return OutputComparison.equal(expected, out)
        ? ""
        : "expected " + shown(expected.strip()) + ", printed " + shown(out.strip());
  }

  private static String shown(String text) {
    return Records.shortened(text, 80, "…");
  }
}
