package org.r1zero.verify.code;

import static org.r1zero.verify.code.PythonLiterals.request;
import static org.r1zero.verify.code.PythonLiterals.valid;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.r1zero.verify.code.TestReport.Status;
import org.r1zero.verify.sandbox.Sandbox;
import org.r1zero.verify.sandbox.SandboxException;
import org.r1zero.verify.sandbox.SandboxLimits;
import org.r1zero.verify.sandbox.SandboxPool;
import org.r1zero.verify.sandbox.SandboxProcess;

/**
 * Java programs, compiled once and run in one sandbox: those that read standard input and write
 * standard output by a JVM of its own for each test; calls of a method all by one JVM. Tests in
 * Java are not supported: they would have to run beside the program, which could pass them by
 * changing or ending them.
 */
final class JavaRunner implements CodeRunner {

  /** Small, for a short life; the address space limit needs all of them. */
  private static final List<String> SMALL_JVM =
      List.of(
          "-Xmx256m",
          "-Xss16m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:ReservedCodeCacheSize=32m",
          "-XX:CompressedClassSpaceSize=64m",
          "-XX:-UsePerfData",
          "-Xshare:auto");

  private final Path home;
  private final Duration wallTime;
  private final SandboxPool workers;

  /**
   * Uses the JDK that runs this JVM.
   *
   * @param kills whether programs may kill processes
   * @param ahead how many workers to keep ready
   */
  JavaRunner(
      Sandbox sandbox,
      Harness harness,
      Duration wallTime,
      SandboxLimits limits,
      boolean kills,
      int ahead) {
    this.home = Path.of(System.getProperty("java.home"));
    if (!Files.isExecutable(home.resolve("bin/javac"))) {
      throw new IllegalArgumentException(
          "Java programs are compiled by javac, and "
              + home
              + " has none: run on a JDK, not a JRE");
    }
    this.wallTime = wallTime;
    this.workers =
        new SandboxPool(
            sandbox, harness.command("worker", sandbox, folders(home), limits, kills), ahead);
  }

  /** The JDK, and where its configuration lies if the package put it elsewhere (Debian: /etc). */
  private static Map<String, Path> folders(Path home) {
    Map<String, Path> folders = new HashMap<>();
    if (!home.startsWith("/usr")) {
      folders.put(home.toString(), home);
    }
    try {
      Path policy = home.resolve("conf/security/java.security").toRealPath();
      if (!policy.startsWith("/usr") && !policy.startsWith(home)) {
        String conf = "/" + policy.subpath(0, policy.getNameCount() - 2);
        folders.put(conf, Path.of(conf));
      }
    } catch (IOException e) {
      // a JDK without it: the program will tell
    }
    return folders;
  }

  @Override
  public TestReport run(CodeTask task, String written, Scoring scoring) {
    String code = JavaOutline.withoutPackage(written);
    if (task.tests() instanceof CodeTests.Calls calls) {
      return calls(new JavaCalls(task, calls, code));
    }
    if (!(task.tests() instanceof CodeTests.Runs runs)) {
      throw task.problem()
          .fault(
              "Java programs are judged by tests of input and output, a list of {input, output}, or by"
                  + " calls, a list of {args, expected} with entry_point");
    }
    JavaOutline outline = JavaOutline.of(code);
    String file = "/tmp/" + outline.fileName() + ".java";
    String main = outline.mainClass();
    if (main.isEmpty()) {
      return TestReport.of(Status.UNREADABLE, "not a program: no class with a main method");
    }
    List<byte[]> preparations =
        List.of(request("write", file, valid(code)), request("command", javac(file), ""));
    return new ProgramRuns(workers, wallTime, preparations)
        .run(runs.runs(), run -> request("command", java(main), valid(run.input())), scoring);
  }

  private TestReport calls(JavaCalls calls) {
    String file = "/tmp/" + JavaOutline.of(calls.source()).fileName() + ".java";
    String driver = "/tmp/" + JavaCalls.DRIVER + ".java";
    List<byte[]> preparations =
        List.of(
            request("write", file, valid(calls.source())),
            request("write", driver, JavaCalls.driver()),
            request("command", javac(file, driver), ""));
    List<String> command = java(JavaCalls.DRIVER);
    command.addAll(calls.arguments());
    try (SandboxProcess worker = workers.take()) {
      worker.startClock(wallTime);
      TestReport unfit = ProgramRuns.prepare(worker, preparations);
      if (unfit != null) {
        return unfit;
      }
      worker.send(request("command", command, calls.input()));
      JsonNode reply = PythonLiterals.JSON.readTree(worker.receive());
      int status = reply.path("status").asInt(1);
      if (ProgramRuns.wasKilled(reply, worker)) {
        return TestReport.of(Status.LOST, "the program was killed");
      }
      if (!reply.path("out").isTextual()) {
        return TestReport.of(Status.FAILED, "the output is too long");
      }
      return calls.report(
          reply.path("out").textValue(),
          status == 0 ? Status.PASSED : status == -24 ? Status.TIMEOUT : Status.FAILED,
          status == 0 ? "" : "ended with exit code " + status);
    } catch (SandboxException e) {
      return TestReport.of(PythonRunner.status(e), "the program " + PythonRunner.why(e));
    } catch (IOException e) {
      return TestReport.of(Status.FAILED, "the worker's reply can't be read");
    }
  }

  private List<String> javac(String... files) {
    List<String> command = new ArrayList<>(List.of(home.resolve("bin/javac").toString()));
    SMALL_JVM.forEach(option -> command.add("-J" + option));
    command.addAll(List.of("-proc:none", "-nowarn", "-encoding", "UTF-8", "-d", "/tmp"));
    command.addAll(List.of(files));
    return command;
  }

  private List<String> java(String main) {
    List<String> command = new ArrayList<>(List.of(home.resolve("bin/java").toString()));
    command.addAll(SMALL_JVM);
    command.addAll(List.of("-Dfile.encoding=UTF-8", "-cp", "/tmp", main));
    return command;
  }

  @Override
  public void close() {
    workers.close();
  }
}
