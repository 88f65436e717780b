package org.r1zero.verify.math;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.AnswerVerifier;
import org.r1zero.verify.Completion;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierProvider;
import org.r1zero.verify.format.ReasoningFormat;
import org.r1zero.verify.math.equal.PercentRule;
import org.r1zero.verify.math.read.AnswerText;
import org.r1zero.verify.math.read.ReadingRules;
import org.r1zero.verify.math.read.Sentences;
import org.r1zero.verify.records.Records;

/**
 * Whether the answer is exactly the gold number: for GSM8K and arithmetic.
 *
 * <p>Score 1 if the answer has one number and it equals the gold as a rational number ({@code 72},
 * {@code $72.00}, {@code 144/2} are equal; {@code 0.333} and {@code 1/3} are not), otherwise 0. An
 * answer of several numbers or a calculation is {@link Outcome#UNPARSEABLE}: listing guesses does
 * not pay.
 */
public final class NumberVerifier implements AnswerVerifier {

  /** For training: the model has to put its answer into the tags. */
  public static final List<AnswerSource> TRAINING_SOURCES = List.of(AnswerSource.ANSWER_TAG);

  private static final BigFraction HUNDRED = new BigFraction(100);

  private final MathAnswerFinder finder;
  private final PercentRule percentRule;
  private final boolean acceptTruncated;

  /**
   * Makes the verifier.
   *
   * @param sources where an answer is looked for, the first that has one counts
   * @param acceptTruncated whether a completion that the token limit cut off can be right
   */
  public NumberVerifier(
      ReasoningFormat format,
      List<AnswerSource> sources,
      PercentRule percentRule,
      boolean acceptTruncated) {
    this.finder = new MathAnswerFinder(format, sources);
    this.percentRule = percentRule;
    this.acceptTruncated = acceptTruncated;
  }

  @Override
  public String id() {
    return "number";
  }

  @Override
  public Verdict verify(Problem problem, Completion completion) {
    Quantity gold = gold(problem);
    if (completion.truncated() && !acceptTruncated) {
      return Verdict.truncated(range().min());
    }
    try {
      return verify(problem, gold, finder.find(completion.text()));
    } catch (StackOverflowError e) {
      return new Verdict(0, Outcome.UNPARSEABLE, "the answer is nested too deeply");
    }
  }

  private Verdict verify(Problem problem, Quantity gold, List<String> candidates) {
    if (candidates.isEmpty()) {
      return new Verdict(0, Outcome.UNPARSEABLE, "no answer found");
    }
    Quantity found = number(candidates);
    if (found == null) {
      return new Verdict(
          0, Outcome.UNPARSEABLE, "the answer is not one number: " + shown(candidates.get(0)));
    }
    return equal(gold, found)
        ? new Verdict(1, Outcome.CORRECT, "equals the gold answer")
        : new Verdict(
            0,
            Outcome.INCORRECT,
            "expected " + shown(problem.gold()) + ", found " + shown(found.toString()));
  }

  @Override
  public Optional<String> answer(Completion completion) {
    if (completion.truncated() && !acceptTruncated) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(number(finder.find(completion.text()))).map(Quantity::toString);
    } catch (StackOverflowError e) {
      return Optional.empty();
    }
  }

  @Override
  public boolean equivalent(String one, String other) {
    try {
      Quantity first = number(List.of(one));
      Quantity second = number(List.of(other));
      return first != null && second != null && equal(first, second);
    } catch (StackOverflowError e) {
      return one.equals(other);
    }
  }

  /** The number that the likeliest text that can be read is, alone or as what a sentence states. */
  private static @Nullable Quantity number(List<String> candidates) {
    for (String candidate : candidates) {
      AnswerText answer = new AnswerText(candidate);
      Quantity number = Quantity.of(answer);
      if (number != null || answer.read(ReadingRules.USUAL) != null) {
        return number;
      }
      String value = Sentences.value(candidate);
      if (value != null) {
        return Quantity.of(new AnswerText(value));
      }
    }
    return null;
  }

  private boolean equal(Quantity gold, Quantity found) {
    if (gold.percent() == found.percent()) {
      return gold.value().equals(found.value());
    }
    BigFraction withSign = gold.percent() ? gold.value() : found.value();
    BigFraction without = gold.percent() ? found.value() : gold.value();
    return withSign.divide(HUNDRED).equals(without)
        || (percentRule == PercentRule.EITHER && withSign.equals(without));
  }

  private static Quantity gold(Problem problem) {
    String gold = problem.gold();
    int hashes = gold.lastIndexOf("####");
    Quantity number = number(List.of(hashes < 0 ? gold : gold.substring(hashes + 4)));
    if (number == null) {
      throw problem.fault(
          "the verifier 'number' needs a gold that is one number, was " + shown(gold));
    }
    return number;
  }

  private static String shown(String text) {
    String line = text.replaceAll("\\s+", " ");
    return Records.shortened(line, 80, "…");
  }

  /**
   * Makes {@link NumberVerifier}s; options {@code sources} (list, default {@code [answer_tag]}),
   * {@code percent} (either, exact), {@code accept_truncated} (default false) and {@code format}.
   */
  public static final class Provider implements VerifierProvider {

    @Override
    public String id() {
      return "number";
    }

    @Override
    public String description() {
      return "one exact number, as in GSM8K and arithmetic";
    }

    @Override
    public Verifier create(JsonNode node) {
      OptionReader options = OptionReader.of("verifier 'number'", node);
      List<AnswerSource> sources =
          options.choices("sources", AnswerSource.class, NumberVerifier.TRAINING_SOURCES);
      PercentRule percent = options.choice("percent", PercentRule.EITHER);
      boolean acceptTruncated = options.flag("accept_truncated", false);
      JsonNode format = options.node("format");
      options.finish();
      return new NumberVerifier(ReasoningFormat.parse(format), sources, percent, acceptTruncated);
    }
  }
}
