package org.r1zero.verify.math;

import java.util.List;
import java.util.Optional;
import org.apache.commons.math3.fraction.BigFraction;
import org.r1zero.verify.AnswerVerifier;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.ScoreRange;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.format.ReasoningFormat;

/**
 * Whether the answer is exactly the gold number: for GSM8K and arithmetic.
 *
 * <p>Score 1 if the answer has one number and it equals the gold as a rational number ({@code 72},
 * {@code $72.00}, {@code 144/2} are equal; {@code 0.333} and {@code 1/3} are not), else 0. An
 * answer of several numbers or a calculation is {@link Outcome#UNPARSEABLE}: listing guesses does
 * not pay.
 */
public final class NumberVerifier implements AnswerVerifier {

  /** For training: the model has to put its answer into the tags. */
  public static final List<AnswerSource> TRAINING_SOURCES = List.of(AnswerSource.ANSWER_TAG);

  private static final BigFraction HUNDRED = new BigFraction(100);

  private final AnswerExtractor extractor;
  private final PercentRule percentRule;

  /** What a percent sign means that stands in the answer or in the gold but not in both. */
  public enum PercentRule {
    /** {@code 50%} equals 50, where the sign is a unit, and 0.5. */
    EITHER,
    /** {@code 50%} equals 0.5 alone. */
    EXACT
  }

  /** Takes the answer from the first of {@code sources} that has one. */
  public NumberVerifier(
      ReasoningFormat format, List<AnswerSource> sources, PercentRule percentRule) {
    this.extractor = new AnswerExtractor(format, sources);
    this.percentRule = percentRule;
  }

  @Override
  public String id() {
    return "number";
  }

  @Override
  public ScoreRange range() {
    return ScoreRange.UNIT;
  }

  @Override
  public Verdict verify(Problem problem, Completion completion) {
    NumberText.Quantity gold = gold(problem);
    Optional<AnswerExtractor.Extracted> extracted = extractor.extract(completion.text());
    if (extracted.isEmpty()) {
      return new Verdict(0, Outcome.UNPARSEABLE, "no answer found");
    }
    Optional<NumberText.Quantity> found = number(extracted.get());
    if (found.isEmpty()) {
      return new Verdict(
          0, Outcome.UNPARSEABLE, "the answer is not one number: " + shown(extracted.get().text()));
    }
    return equal(gold, found.get())
        ? new Verdict(1, Outcome.CORRECT, "equals the gold answer")
        : new Verdict(
            0,
            Outcome.INCORRECT,
            "expected " + shown(problem.gold()) + ", found " + shown(found.get()));
  }

  @Override
  public Optional<String> answer(Completion completion) {
    return extractor
        .extract(completion.text())
        .flatMap(NumberVerifier::number)
        .filter(number -> number.value() != null)
        .map(NumberVerifier::written);
  }

  @Override
  public boolean equivalent(String one, String other) {
    Optional<NumberText.Quantity> first = NumberText.only(one);
    Optional<NumberText.Quantity> second = NumberText.only(other);
    return first.isPresent() && second.isPresent() && equal(first.get(), second.get());
  }

  private static Optional<NumberText.Quantity> number(AnswerExtractor.Extracted extracted) {
    String text = extracted.text();
    return extracted.source() == AnswerSource.LAST ? NumberText.last(text) : NumberText.only(text);
  }

  /** As {@link NumberText#only} reads it: a whole number or a ratio of two. */
  private static String written(NumberText.Quantity number) {
    BigFraction value = number.value() == null ? BigFraction.ZERO : number.value();
    String ratio =
        value.getDenominator().equals(java.math.BigInteger.ONE)
            ? value.getNumerator().toString()
            : value.getNumerator() + "/" + value.getDenominator();
    return ratio + (number.percent() ? "%" : "");
  }

  private boolean equal(NumberText.Quantity gold, NumberText.Quantity found) {
    if (gold.value() == null || found.value() == null) {
      return false;
    }
    if (gold.percent() == found.percent()) {
      return gold.value().equals(found.value());
    }
    BigFraction withSign = gold.percent() ? gold.value() : found.value();
    BigFraction without = gold.percent() ? found.value() : gold.value();
    return withSign.divide(HUNDRED).equals(without)
        || (percentRule == PercentRule.EITHER && withSign.equals(without));
  }

  private static NumberText.Quantity gold(Problem problem) {
    String gold = problem.gold();
    int hashes = gold.lastIndexOf("####");
    String text = hashes < 0 ? gold : gold.substring(hashes + 4);
    return NumberText.only(text)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "problem "
                        + problem.id()
                        + ": the verifier 'number' needs a gold that is one number, was "
                        + shown(gold)));
  }

  private static String shown(NumberText.Quantity number) {
    return (number.value() == null ? "a number too large" : shown(number.value().toString()))
        + (number.percent() ? " %" : "");
  }

  private static String shown(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }
}
