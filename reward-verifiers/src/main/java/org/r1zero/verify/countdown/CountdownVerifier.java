package org.r1zero.verify.countdown;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.math3.fraction.BigFraction;
import org.r1zero.verify.AnswerVerifier;
import org.r1zero.verify.Completion;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierProvider;
import org.r1zero.verify.format.ReasoningFormat;
import org.r1zero.verify.format.TagScanner;
import org.r1zero.verify.records.Records;

/**
 * Countdown after TinyZero (its {@code verl/utils/reward_score/countdown.py}): an equation in the
 * answer tags that makes the problem's {@code target} from its {@code numbers} by {@code + - * /}
 * and parentheses.
 *
 * <p>Score 1 for a right one, the format score for any other answer in the tags that is not blank,
 * 0 for none. Where this departs from TinyZero's code:
 *
 * <ol>
 *   <li>each number at most once, as in the game and in TinyZero's prompt; its code asks for each
 *       exactly once, as {@code use_all} does here;
 *   <li>the value is exact, {@code 1/3*3} is 1 and nothing else is; there it is a float within
 *       1e-5;
 *   <li>{@code = target} at the end is allowed, {@code × ÷ −} are read, leading zeros too; there
 *       they are not;
 *   <li>powers and floor division ({@code **}, {@code //}) are not allowed; there Python's {@code
 *       eval} takes them;
 *   <li>the answer may stand on any line and have several; there it has to be on the last one;
 *   <li>a blank answer in the tags scores 0; there it has the format score.
 * </ol>
 */
public final class CountdownVerifier implements AnswerVerifier {

  /** What TinyZero gives for the tags alone. */
  public static final double DEFAULT_FORMAT_SCORE = 0.1;

  private final TagScanner scanner;
  private final boolean useAll;
  private final double formatScore;

  /**
   * Makes the verifier.
   *
   * @param format the answer tags
   * @param useAll whether every number has to be used exactly once, as in TinyZero's own code
   * @param formatScore for an answer in the tags that is wrong, from 0 to 1
   */
  public CountdownVerifier(ReasoningFormat format, boolean useAll, double formatScore) {
    if (!(formatScore >= 0 && formatScore <= 1)) {
      throw new IllegalArgumentException("formatScore must be in [0, 1], was " + formatScore);
    }
    this.scanner = new TagScanner(format);
    this.useAll = useAll;
    this.formatScore = formatScore;
  }

  @Override
  public String id() {
    return "countdown";
  }

  @Override
  public Verdict verify(Problem problem, Completion completion) {
    BigInteger target = whole(problem, "target", problem.field("target"));
    List<BigInteger> numbers = numbers(problem);
    Optional<String> answer = scanner.lastAnswer(completion.text()).filter(text -> !text.isBlank());
    if (answer.isEmpty()) {
      return new Verdict(0, Outcome.UNPARSEABLE, "no answer in the tags");
    }
    try {
      return judge(answer.get().strip(), numbers, new BigFraction(target));
    } catch (ExpressionException e) {
      return new Verdict(formatScore, Outcome.UNPARSEABLE, "not an equation: " + e.getMessage());
    }
  }

  /** The equation without white space and what follows its equals sign. */
  @Override
  public Optional<String> answer(Completion completion) {
    return scanner
        .lastAnswer(completion.text())
        .map(text -> text.replaceAll("=.*|\\s+", ""))
        .filter(text -> !text.isEmpty());
  }

  /** As text: one target has many right equations, which are different answers. */
  @Override
  public boolean equivalent(String one, String other) {
    return one.equals(other);
  }

  private Verdict judge(String answer, List<BigInteger> numbers, BigFraction target)
      throws ExpressionException {
    int equals = answer.indexOf('=');
    Expression left = Expression.parse(equals < 0 ? answer : answer.substring(0, equals));
    if (equals >= 0) {
      Expression right = Expression.parse(answer.substring(equals + 1));
      if (right.numbers().size() != 1 || !right.value().equals(target)) {
        return wrong("what follows '=' is not the target");
      }
    }
    List<BigInteger> unused = new ArrayList<>(numbers);
    for (BigInteger used : left.numbers()) {
      if (!unused.remove(used)) {
        return wrong(used + " is not among the numbers, or is used too often");
      }
    }
    if (useAll && !unused.isEmpty()) {
      return wrong("not used: " + unused);
    }
    if (!left.value().equals(target)) {
      return wrong("makes " + shown(left.value()) + ", not " + shown(target));
    }
    return new Verdict(1, Outcome.CORRECT, "makes the target");
  }

  private Verdict wrong(String reason) {
    return new Verdict(formatScore, Outcome.INCORRECT, reason);
  }

  private static String shown(BigFraction value) {
    String text = value.toString();
    return Records.shortened(text, 40, "…");
  }

  private static List<BigInteger> numbers(Problem problem) {
    JsonNode node = problem.field("numbers");
    if (!node.isArray() || node.isEmpty()) {
      throw problem.fault(
          "the verifier 'countdown' needs the field numbers, an array of whole numbers,"
              + " found "
              + (node.isMissingNode() ? "none" : node));
    }
    List<BigInteger> numbers = new ArrayList<>();
    for (JsonNode element : node) {
      numbers.add(whole(problem, "numbers", element));
    }
    return numbers;
  }

  private static BigInteger whole(Problem problem, String name, JsonNode node) {
    if (!node.isIntegralNumber()) {
      throw problem.fault(
          String.format(
              "the verifier 'countdown' needs whole numbers in the field %s, found %s",
              name, node.isMissingNode() ? "none" : node));
    }
    return node.bigIntegerValue();
  }

  /**
   * Makes {@link CountdownVerifier}s; options {@code use_all} (default false), {@code format_score}
   * (default 0.1) and {@code format}.
   */
  public static final class Provider implements VerifierProvider {

    @Override
    public String id() {
      return "countdown";
    }

    @Override
    public String description() {
      return "an equation that makes the target from the given numbers, TinyZero's rules";
    }

    @Override
    public Verifier create(JsonNode node) {
      OptionReader options = OptionReader.of("verifier 'countdown'", node);
      boolean useAll = options.flag("use_all", false);
      double formatScore =
          options.number("format_score", CountdownVerifier.DEFAULT_FORMAT_SCORE, 0, 1);
      JsonNode format = options.node("format");
      options.finish();
      return new CountdownVerifier(ReasoningFormat.parse(format), useAll, formatScore);
    }
  }
}
