package org.r1zero.verify.length;

import com.fasterxml.jackson.databind.JsonNode;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierProvider;

/**
 * Makes {@link RepetitionVerifier}s; options {@code ngram} (default 10) and {@code max_repetition}
 * (default 0.25).
 */
public final class RepetitionVerifierProvider implements VerifierProvider {

  @Override
  public String id() {
    return "repetition";
  }

  @Override
  public String description() {
    return "how much of a completion is new: repetition and rambling lower it";
  }

  @Override
  public Verifier create(JsonNode node) {
    OptionReader options = OptionReader.of("verifier 'repetition'", node);
    int ngram = options.integer("ngram", RepetitionVerifier.DEFAULT_NGRAM, 2, 1000);
    double maxRepetition =
        options.number("max_repetition", RepetitionVerifier.DEFAULT_MAX_REPETITION, 0, 1);
    options.finish();
    return new RepetitionVerifier(ngram, maxRepetition);
  }
}
