package org.r1zero.verify.code;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierProvider;
import org.r1zero.verify.format.ReasoningFormat;
import org.r1zero.verify.sandbox.SandboxLimits;
import org.r1zero.verify.sandbox.SandboxUnavailableException;

/**
 * Makes {@link CodeVerifier}s; options {@code language} (python, java), {@code scoring} (all,
 * share), {@code timeout_seconds}, {@code cpu_seconds}, {@code memory_mb}, {@code processes},
 * {@code disk_mb}, {@code sandbox} (bubblewrap, none), {@code workers}, {@code python}, {@code
 * packages} and {@code format}.
 */
public final class CodeVerifierProvider implements VerifierProvider {

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
