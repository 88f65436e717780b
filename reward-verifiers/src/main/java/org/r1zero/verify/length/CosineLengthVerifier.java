package org.r1zero.verify.length;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.r1zero.verify.Completion;
import org.r1zero.verify.FinishReason;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.OptionValues;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.ScoreRange;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierProvider;
import org.r1zero.verify.Verifiers;

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
      var ends =
          DoubleStream.of(rightStart, rightEnd, wrongStart, wrongEnd, exceeded).summaryStatistics();
      return new ScoreRange(ends.getMin(), ends.getMax());
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
        String.format("%s %s of %s; %s", length, OptionValues.name(unit), max, verdict.reason());
    return new Verdict(score, verdict.outcome(), reason, Map.of("judged", verdict.score()));
  }

  private double score(boolean right, int length, FinishReason finish) {
    if (length > max || finish == FinishReason.LENGTH) {
      return scores.exceeded();
    }
    double start = right ? scores.rightStart() : scores.wrongStart();
    double end = right ? scores.rightEnd() : scores.wrongEnd();
    double score = end + (start - end) / 2 * (1 + Math.cos(Math.PI * length / max));
    return range.nearest(score);
  }

  /**
   * Makes {@link CosineLengthVerifier}s; options {@code of} (the verifier that tells right from
   * wrong, default number), {@code of_options} (its own), {@code max} (default 1000), {@code unit}
   * (tokens, characters), and the scores {@code right_start}, {@code right_end}, {@code
   * wrong_start}, {@code wrong_end}, {@code exceeded}.
   */
  public static final class Provider implements VerifierProvider {

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
}
