package org.r1zero.verify.countdown;

import com.fasterxml.jackson.databind.JsonNode;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierProvider;
import org.r1zero.verify.format.ReasoningFormat;

/**
 * Makes {@link CountdownVerifier}s; options {@code use_all} (default false), {@code format_score}
 * (default 0.1) and {@code format}.
 */
public final class CountdownVerifierProvider implements VerifierProvider {

  @Override
  public String id() {
    return "countdown";
  }

  @Override
  public String description() {
    return "an equation that makes the target from the given numbers, TinyZero's rules";
  }

  @Override
  public Verifier create(JsonNode node) {
    OptionReader options = OptionReader.of("verifier 'countdown'", node);
    boolean useAll = options.flag("use_all", false);
    double formatScore =
        options.number("format_score", CountdownVerifier.DEFAULT_FORMAT_SCORE, 0, 1);
    JsonNode format = options.node("format");
    options.finish();
    return new CountdownVerifier(ReasoningFormat.parse(format), useAll, formatScore);
  }
}
