package org.r1zero.verify.puzzle;

import com.fasterxml.jackson.databind.JsonNode;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierProvider;
import org.r1zero.verify.format.ReasoningFormat;

/** Makes {@link PuzzleVerifier}s; option {@code format}. */
public final class PuzzleVerifierProvider implements VerifierProvider {

  @Override
  public String id() {
    return "puzzle";
  }

  @Override
  public String description() {
    return "any right answer to a problem of the data set puzzles";
  }

  @Override
  public Verifier create(JsonNode node) {
    OptionReader options = OptionReader.of("verifier 'puzzle'", node);
    JsonNode format = options.node("format");
    options.finish();
    return new PuzzleVerifier(ReasoningFormat.parse(format));
  }
}
