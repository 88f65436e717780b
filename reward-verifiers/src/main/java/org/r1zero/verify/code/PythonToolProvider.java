package org.r1zero.verify.code;

import static org.r1zero.verify.code.PythonLiterals.request;
import static org.r1zero.verify.code.PythonLiterals.valid;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Verifiers;
import org.r1zero.verify.environment.EnvironmentFactory;
import org.r1zero.verify.environment.EnvironmentProvider;
import org.r1zero.verify.environment.Tool;
import org.r1zero.verify.records.Records;
import org.r1zero.verify.sandbox.Sandbox;
import org.r1zero.verify.sandbox.SandboxException;
import org.r1zero.verify.sandbox.SandboxLimits;
import org.r1zero.verify.sandbox.SandboxPool;
import org.r1zero.verify.sandbox.SandboxProcess;
import org.r1zero.verify.sandbox.SandboxUnavailableException;

/**
 * A Python interpreter: {@code <python>print(6*7)</python>} is answered by {@code
 * <output>42</output>}, a {@code <tool_call>} of {@code python} with the argument {@code code}
 * likewise; see {@link Tool}. The answer is what the program prints, or the error that ended it.
 *
 * <p>Each call runs in a sandbox of its own, the one of the verifier {@code code}, and keeps
 * nothing for the next. Options beside the tags: {@code timeout_seconds} (5), {@code memory_mb}
 * (512), {@code max_output} (characters of an answer, 1000), {@code python}, {@code packages} and
 * {@code sandbox}, as the verifier has them.
 */
public final class PythonToolProvider implements EnvironmentProvider {
  private static final int MOST_OUTPUT = 100_000;

  @Override
  public String id() {
    return "python";
  }

  @Override
  public EnvironmentFactory create(JsonNode node, Verifiers known) {
    CodeConfig defaults = CodeConfig.DEFAULT;
    OptionReader options = OptionReader.of("environment 'python'", node);
    double timeout = options.number("timeout_seconds", 5, 0.1, 3600);
    int memory =
        options.integer("memory_mb", (int) (defaults.limits().memoryBytes() >> 20), 64, 1 << 20);
    int longest = options.integer("max_output", 1000, 1, MOST_OUTPUT);
    JsonNode python = options.node("python");
    boolean packages = options.flag("packages", defaults.packages());
    CodeConfig.Isolation isolation = options.choice("sandbox", defaults.isolation());
    Tool tool = new Tool(options, "python", "code", "python", "output");
    options.finish();
    SandboxLimits limits =
        new SandboxLimits(
            Duration.ofSeconds((long) Math.ceil(timeout)),
            (long) memory << 20,
            defaults.limits().processes(),
            defaults.limits().diskBytes(),
            defaults.limits().lineBytes());
    Interpreter interpreter;
    try {
      interpreter =
          new Interpreter(
              isolation.open(),
              new Harness(PythonInterpreter.find(python.asText("")), packages),
              limits,
              Duration.ofMillis(Math.round(timeout * 1000)),
              longest);
    } catch (SandboxUnavailableException e) {
      throw new IllegalArgumentException("environment 'python': " + e.getMessage(), e);
    }
    return (problem, seed) -> turn -> tool.answer(turn, interpreter::run);
  }

  /** Runs programs. */
  private static final class Interpreter {
    private final SandboxPool workers;
    private final SandboxPool again;
    private final Duration wallTime;
    private final int longest;

    Interpreter(
        Sandbox sandbox, Harness harness, SandboxLimits limits, Duration wallTime, int longest) {
      this.workers =
          new SandboxPool(
              sandbox,
              harness.command("worker", sandbox, Map.of(), limits, true),
              CodeConfig.DEFAULT.workers());
      this.again =
          new SandboxPool(sandbox, harness.command("worker", sandbox, Map.of(), limits, false), 0);
      this.wallTime = wallTime;
      this.longest = longest;
    }

    String run(String code) {
      try {
        return run(code, workers);
      } catch (LostException e) {
        try {
          return run(code, again); // where a program can't be what kills its worker
        } catch (LostException second) {
          throw new IllegalStateException(
              "the sandbox of a program was lost twice: " + second.getMessage(), second);
        }
      }
    }

    private String run(String code, SandboxPool pool) throws LostException {
      try (SandboxProcess worker = pool.take()) {
        worker.startClock(wallTime);
        worker.send(request("python", valid(code.strip() + "\n"), ""));
        JsonNode reply = PythonLiterals.JSON.readTree(worker.receive());
        if (ProgramRuns.wasKilled(reply, worker)) {
          throw new LostException("it was killed");
        }
        return shown(reply);
      } catch (SandboxException e) {
        return switch (PythonRunner.status(e)) {
          case TIMEOUT -> tookTooLong();
          case LOST, ERROR -> throw new LostException(e.fault());
          default -> "error: the program " + PythonRunner.why(e);
        };
      } catch (IOException e) {
        return "error: the program's output can't be read";
      }
    }

    private String tookTooLong() {
      return "error: the program took longer than " + wallTime.toMillis() / 1000.0 + " s";
    }

    private String shown(JsonNode reply) {
      if (reply.path("syntax").isTextual()) {
        return Records.shortened("error: " + reply.path("syntax").asText(), longest, "…");
      }
      if (reply.path("status").asInt() == -24) {
        return tookTooLong();
      }
      if (!reply.path("out").isTextual()) {
        return "error: the output is too long";
      }
      String out = Records.shortened(reply.path("out").textValue().strip(), longest, "…");
      int status = reply.path("status").asInt(1);
      if (status == 0) {
        return out;
      }
      String err = reply.path("err").asText().strip();
      String last = err.substring(err.lastIndexOf('\n') + 1);
      String fault = "error: " + (last.isEmpty() ? "exit code " + status : last);
      return (out.isEmpty() ? "" : out + "\n") + Records.shortened(fault, longest, "…");
    }
  }

  /** A program's sandbox ended by no fault of the program. */
  private static final class LostException extends Exception {
    private static final long serialVersionUID = 1;

    LostException(String message) {
      super(message);
    }
  }
}
