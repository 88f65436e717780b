package org.r1zero.verify.external;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.ScoreRange;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierProvider;

/**
 * Makes {@link ExternalVerifier}s; options {@code command} (list, needed), {@code min} and {@code
 * max} (the range of scores, default 0 and 1), {@code failure_score} (default {@code min}), {@code
 * timeout_seconds} (default 10), {@code start_timeout_seconds} (default 30) and {@code processes}
 * (default 1).
 */
public final class ExternalVerifierProvider implements VerifierProvider {

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
