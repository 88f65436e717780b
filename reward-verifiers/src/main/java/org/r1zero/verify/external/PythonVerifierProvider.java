package org.r1zero.verify.external;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Duration;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.ProgramHome;
import org.r1zero.verify.ScoreRange;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierProvider;

/**
 * Makes {@link PythonVerifier}s; options {@code file} (needed), {@code function} (default: the only
 * one that fits), {@code python} (default python3), {@code completions} (auto, text, chat), {@code
 * kwargs} (more arguments), {@code min} and {@code max} (default: any score), {@code correct_at}
 * (default {@code max}, otherwise 1), {@code failure_score} (default {@code min}, otherwise 0),
 * {@code timeout_seconds} (default 30), {@code start_timeout_seconds} (default 120), {@code
 * processes} (default: one per core, at most 4) and {@code batch} (default 1).
 */
public final class PythonVerifierProvider implements VerifierProvider {

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
            arguments instanceof ObjectNode object ? object : JsonNodeFactory.instance.objectNode(),
            new ScoreRange(min, max),
            correctAt,
            failureScore,
            timeout,
            startTimeout,
            processes,
            batch));
  }
}
