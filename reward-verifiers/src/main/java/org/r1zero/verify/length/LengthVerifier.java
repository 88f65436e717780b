package org.r1zero.verify.length;

import com.fasterxml.jackson.databind.JsonNode;
import org.r1zero.verify.Completion;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.OptionValues;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.ScoreRange;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierProvider;

/**
 * The soft overlong punishment of DAPO (Yu et al. 2025, arXiv 2503.14476, equation 13): 0 up to
 * {@code max - cache}, then falling linearly to -1 at {@code max}, -1 beyond.
 *
 * <p>{@link Outcome#CORRECT} at 0, {@link Outcome#INCORRECT} at -1. Where this fails, the score is
 * 0: nobody is punished for a fault of the judge.
 *
 * @param max the longest completion, {@code L_max}
 * @param cache over how much before it the punishment grows, {@code L_cache}
 * @param unit what is counted
 */
public record LengthVerifier(int max, int cache, LengthUnit unit) implements Verifier {

  private static final ScoreRange RANGE = new ScoreRange(-1, 0);

  /** Checks that the punishment starts above 0. */
  public LengthVerifier {
    if (max < 1 || cache < 0 || cache > max) {
      throw new IllegalArgumentException(
          "length needs max >= 1 and 0 <= cache <= max, was max " + max + ", cache " + cache);
    }
  }

  @Override
  public String id() {
    return "length";
  }

  @Override
  public ScoreRange range() {
    return RANGE;
  }

  @Override
  public double failureScore() {
    return 0;
  }

  @Override
  public Verdict verify(Problem problem, Completion completion) {
    if (!unit.isKnown(completion)) {
      return new Verdict(0, Outcome.UNPARSEABLE, LengthUnit.NO_TOKEN_COUNT);
    }
    int length = unit.of(completion);
    int allowed = max - cache;
    String shown = length + " " + OptionValues.name(unit);
    if (length <= allowed) {
      return new Verdict(0, Outcome.CORRECT, shown + ", at most " + allowed);
    }
    double score = length > max ? -1 : (double) (allowed - length) / cache;
    Outcome outcome = score <= -1 ? Outcome.INCORRECT : Outcome.PARTIAL;
    return new Verdict(score, outcome, shown + ", over " + allowed);
  }

  /**
   * Makes {@link LengthVerifier}s; options {@code max} (default 20480), {@code cache} (default
   * 4096, both as in DAPO) and {@code unit} (tokens, characters).
   */
  public static final class Provider implements VerifierProvider {

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
}
