package org.r1zero.verify.format;

import com.fasterxml.jackson.databind.JsonNode;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierProvider;

/** Makes {@link FormatVerifier}s; options {@code mode} (strict, soft) and {@code format}. */
public final class FormatVerifierProvider implements VerifierProvider {

  @Override
  public String id() {
    return "format";
  }

  @Override
  public String description() {
    return "thinking and answer tags, strict (0 or 1) or soft (a share for each tag)";
  }

  @Override
  public Verifier create(JsonNode node) {
    OptionReader options = OptionReader.of("verifier 'format'", node);
    FormatVerifier.Mode mode = options.choice("mode", FormatVerifier.Mode.STRICT);
    JsonNode format = options.node("format");
    options.finish();
    return new FormatVerifier(ReasoningFormat.parse(format), mode);
  }
}
