package org.r1zero.verify.environment;

import com.fasterxml.jackson.databind.JsonNode;
import org.r1zero.verify.Completion;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.ScoreRange;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierProvider;

/**
 * Makes the verifier {@code environment}: its score is what the environment paid over all turns of
 * a conversation. Options: {@code min} and {@code max} (the range of that sum, default 0 and 1) and
 * {@code correct_at} (from which sum on the conversation counts as right, default {@code max}).
 */
public final class EnvironmentVerifierProvider implements VerifierProvider {
  private static final double LARGEST = 1e6;

  @Override
  public String id() {
    return "environment";
  }

  @Override
  public String description() {
    return "what the environment paid over the turns of a conversation";
  }

  @Override
  public Verifier create(JsonNode node) {
    OptionReader options = OptionReader.of("verifier 'environment'", node);
    double min = options.number("min", 0, -LARGEST, LARGEST);
    double max = options.number("max", 1, -LARGEST, LARGEST);
    double correctAt = options.number("correct_at", max, -LARGEST, LARGEST);
    if (min > max) {
      options.fault("options need min <= max");
    }
    options.finish();
    return new Paid(new ScoreRange(min, max), correctAt);
  }

  private record Paid(ScoreRange range, double correctAt) implements Verifier {

    @Override
    public String id() {
      return "environment";
    }

    @Override
    public boolean scoresTurns(Problem problem) {
      return true;
    }

    @Override
    public Verdict verify(Problem problem, Completion completion) {
      Completion.Transcript transcript = completion.transcript();
      if (transcript == null) {
        return new Verdict(range.nearest(0), Outcome.NOT_APPLICABLE, "there was no environment");
      }
      double paid = transcript.reward();
      String reason = "the environment paid " + paid + " over " + transcript.turns() + " turns";
      if (!range.contains(paid)) {
        return new Verdict(
            range.min(),
            Outcome.ERROR,
            reason + ", which is not in " + range.interval() + "; set min and max");
      }
      Outcome outcome =
          paid >= correctAt
              ? Outcome.CORRECT
              : paid > range.min() ? Outcome.PARTIAL : Outcome.INCORRECT;
      return new Verdict(paid, outcome, reason);
    }
  }
}
