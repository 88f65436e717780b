package org.r1zero.verify.length;

import com.fasterxml.jackson.databind.JsonNode;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierProvider;

/**
 * Makes {@link LengthVerifier}s; options {@code max} (default 20480), {@code cache} (default 4096,
 * both as in DAPO) and {@code unit} (tokens, characters).
 */
public final class LengthVerifierProvider implements VerifierProvider {

  private static final int DAPO_MAX = 20_480;
  private static final int DAPO_CACHE = 4096;

  @Override
  public String id() {
    return "length";
  }

  @Override
  public String description() {
    return "DAPO's soft overlong punishment, from 0 down to -1";
  }

  @Override
  public Verifier create(JsonNode node) {
    OptionReader options = OptionReader.of("verifier 'length'", node);
    int max = options.integer("max", DAPO_MAX, 1, Integer.MAX_VALUE);
    int cache = options.integer("cache", Math.min(DAPO_CACHE, max / 5), 0, Integer.MAX_VALUE);
    LengthUnit unit = options.choice("unit", LengthUnit.TOKENS);
    if (cache > max) {
      options.fault("option 'cache' must be at most max, " + max + ", was " + cache);
    }
    options.finish();
    return new LengthVerifier(max, cache, unit);
  }
}
