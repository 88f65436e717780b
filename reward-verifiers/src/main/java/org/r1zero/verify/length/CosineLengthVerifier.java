package org.r1zero.verify.length;

import java.util.Locale;
import java.util.Map;
import org.r1zero.verify.Completion;
import org.r1zero.verify.FinishReason;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.ScoreRange;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;

/**
 * The cosine reward of "Demystifying Long Chain-of-Thought Reasoning in LLMs" (Yeo et al. 2025,
 * arXiv 2502.03373): a right answer earns more the shorter it is, a wrong one loses less the longer
 * it is, and one that reaches the limit gets its own score:
 *
 * <pre>{@code
 * score(t) = end + (start - end) / 2 * (1 + cos(pi * t / max))
 * }</pre>
 *
 * where start and end are the scores at length 0 and at the limit. Right or wrong is what another
 * verifier says: its {@link Outcome#CORRECT}. The outcome is that verifier's; where it fails, so
 * does this.
 */
public final class CosineLengthVerifier implements Verifier {

  private final Verifier judge;
  private final int max;
  private final LengthUnit unit;
  private final Scores scores;
  private final ScoreRange range;

  /**
   * Scores at the ends.
   *
   * @param rightStart of a right answer of length 0
   * @param rightEnd of a right answer at the limit
   * @param wrongStart of a wrong answer of length 0
   * @param wrongEnd of a wrong answer at the limit
   * @param exceeded of any answer that was cut off or is longer
   */
  public record Scores(
      double rightStart, double rightEnd, double wrongStart, double wrongEnd, double exceeded) {

    /** Open-R1's scale, from -1 to 1; the paper's own is 2, 1, -10, 0, -10. */
    public static final Scores DEFAULT = new Scores(1, 0.5, -1, -0.5, -1);

    private ScoreRange range() {
      double least =
          Math.min(
              exceeded, Math.min(Math.min(rightStart, rightEnd), Math.min(wrongStart, wrongEnd)));
      double most =
          Math.max(
              exceeded, Math.max(Math.max(rightStart, rightEnd), Math.max(wrongStart, wrongEnd)));
      return new ScoreRange(least, most);
    }
  }

  /**
   * Scores what another verifier judges.
   *
   * @param max the length at which the cosine ends
   */
  public CosineLengthVerifier(Verifier judge, int max, LengthUnit unit, Scores scores) {
    if (max < 1) {
      throw new IllegalArgumentException("max must be >= 1, was " + max);
    }
    this.judge = judge;
    this.max = max;
    this.unit = unit;
    this.scores = scores;
    this.range = scores.range();
  }

  @Override
  public String id() {
    return "cosine_length";
  }

  @Override
  public ScoreRange range() {
    return range;
  }

  /** That of a wrong answer at the limit, the mildest one for what was not found right. */
  @Override
  public double failureScore() {
    return scores.wrongEnd();
  }

  @Override
  public void check(Problem problem) {
    judge.check(problem);
  }

  @Override
  public Verdict verify(Problem problem, Completion completion) {
    if (!unit.isKnown(completion)) {
      return new Verdict(failureScore(), Outcome.UNPARSEABLE, LengthUnit.NO_TOKEN_COUNT);
    }
    Verdict verdict = judge.verify(problem, completion);
    if (verdict.outcome().isFailure()) {
      return new Verdict(failureScore(), verdict.outcome(), verdict.reason());
    }
    int length = unit.of(completion);
    double score = score(verdict.outcome() == Outcome.CORRECT, length, completion.finishReason());
    String reason =
        length
            + " "
            + unit.name().toLowerCase(Locale.ROOT)
            + " of "
            + max
            + "; "
            + verdict.reason();
    return new Verdict(score, verdict.outcome(), reason, Map.of("judged", verdict.score()));
  }

  private double score(boolean right, int length, FinishReason finish) {
    if (length > max || finish == FinishReason.LENGTH) {
      return scores.exceeded();
    }
    double start = right ? scores.rightStart() : scores.wrongStart();
    double end = right ? scores.rightEnd() : scores.wrongEnd();
    double score = end + (start - end) / 2 * (1 + Math.cos(Math.PI * length / max));
    return Math.max(range.min(), Math.min(range.max(), score));
  }
}
