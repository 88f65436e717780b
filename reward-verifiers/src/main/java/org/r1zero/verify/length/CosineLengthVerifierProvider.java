package org.r1zero.verify.length;

import com.fasterxml.jackson.databind.JsonNode;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierProvider;
import org.r1zero.verify.Verifiers;
import org.r1zero.verify.length.CosineLengthVerifier.Scores;

/**
 * Makes {@link CosineLengthVerifier}s; options {@code of} (the verifier that tells right from
 * wrong, default number), {@code of_options} (its own), {@code max} (default 1000), {@code unit}
 * (tokens, characters), and the scores {@code right_start}, {@code right_end}, {@code wrong_start},
 * {@code wrong_end}, {@code exceeded}.
 */
public final class CosineLengthVerifierProvider implements VerifierProvider {

  private static final int DEFAULT_MAX = 1000;
  private static final double LARGEST = 1000;

  @Override
  public String id() {
    return "cosine_length";
  }

  @Override
  public String description() {
    return "another verifier's verdict, scaled by the cosine of the length";
  }

  @Override
  public Verifier create(JsonNode node) {
    return create(node, Verifiers.discover());
  }

  @Override
  public Verifier create(JsonNode node, Verifiers known) {
    OptionReader options = OptionReader.of("verifier 'cosine_length'", node);
    String of = options.text("of", "number");
    JsonNode ofOptions = options.node("of_options");
    int max = options.integer("max", DEFAULT_MAX, 1, Integer.MAX_VALUE);
    LengthUnit unit = options.choice("unit", LengthUnit.TOKENS);
    Scores scores =
        new Scores(
            score(options, "right_start", Scores.DEFAULT.rightStart()),
            score(options, "right_end", Scores.DEFAULT.rightEnd()),
            score(options, "wrong_start", Scores.DEFAULT.wrongStart()),
            score(options, "wrong_end", Scores.DEFAULT.wrongEnd()),
            score(options, "exceeded", Scores.DEFAULT.exceeded()));
    if (of.equals(id())) {
      options.fault("option 'of' can't be the verifier itself");
    }
    options.finish();
    return new CosineLengthVerifier(known.create(of, ofOptions), max, unit, scores);
  }

  private static double score(OptionReader options, String name, double defaultValue) {
    return options.number(name, defaultValue, -LARGEST, LARGEST);
  }
}
