package org.r1zero.verify.math;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import org.r1zero.verify.math.equal.Comparison;
import org.r1zero.verify.math.equal.MathRules;
import org.r1zero.verify.math.expr.Expr;
import org.r1zero.verify.math.read.AnswerText;
import org.r1zero.verify.math.read.ReadingRules;
import org.r1zero.verify.math.read.Sentences;
import org.r1zero.verify.math.symja.SymbolicEngine;
import org.r1zero.verify.math.symja.SymjaProcess;
import org.r1zero.verify.records.Recent;
import org.r1zero.verify.records.Records;

/**
 * Whether the answer is mathematically equal to the gold, however either is written: score 1 or 0.
 *
 * <p>The answer is taken from the first source that has one, read as LaTeX or plain text, and
 * compared with the gold by {@link MathRules}. The gold may be an answer or a whole solution with
 * its answer in a box.
 */
final class MathVerifier implements AnswerVerifier {

  /** Where an answer is looked for unless told otherwise. */
  static final List<AnswerSource> SOURCES =
      List.of(
          AnswerSource.ANSWER_TAG,
          AnswerSource.BOXED,
          AnswerSource.HASHES,
          AnswerSource.PHRASE,
          AnswerSource.LAST);

  private static final int GOLD_CACHE = 512;

  private final List<AnswerSource> sources;
  private final MathAnswerFinder finder;
  private final MathRules rules;
  private final SymbolicEngine engine;
  private final Map<String, Gold> golds = new Recent<>(GOLD_CACHE);
  private final Map<String, Question> questions = new Recent<>(GOLD_CACHE);

  MathVerifier(
      ReasoningFormat format, List<AnswerSource> sources, MathRules rules, SymbolicEngine engine) {
    this.sources = List.copyOf(sources);
    this.finder = new MathAnswerFinder(format, sources);
    this.rules = rules;
    this.engine = engine;
  }

  @Override
  public String id() {
    return "math";
  }

  @Override
  public Verdict verify(Problem problem, Completion completion) {
    if (problem.gold().isBlank()) {
      throw problem.fault("the verifier 'math' needs a gold answer, found none");
    }
    Gold gold = gold(problem.gold());
    if (gold.isMissing()) {
      throw problem.fault(
          "the gold is not an answer that can be compared: "
              + shown(problem.gold())
              + "; give one, or leave the problem out");
    }
    if (completion.truncated() && !rules.acceptTruncated()) {
      return Verdict.truncated(range().min());
    }
    try {
      return verify(gold, problem.question(), completion.text());
    } catch (StackOverflowError e) {
      return new Verdict(0, Outcome.UNPARSEABLE, "the answer is nested too deeply");
    }
  }

  /** A gold that is neither mathematics, a choice, a date nor words is a fault of the data. */
  @Override
  public void check(Problem problem) {
    verify(problem, Completion.of(""));
    Gold gold = gold(problem.gold());
    if (!gold.isText()
        && gold.choice() == null
        && gold.calendar() == null
        && gold.answer().read(ReadingRules.USUAL) == null) {
      throw problem.fault("the verifier 'math' can't read the gold " + shown(problem.gold()));
    }
  }

  @Override
  public Optional<String> answer(Completion completion) {
    if (completion.truncated() && !rules.acceptTruncated()) {
      return Optional.empty();
    }
    try {
      List<String> candidates = finder.find(completion.text());
      for (String candidate : candidates) {
        AnswerText answer = new AnswerText(candidate);
        if (answer.read(ReadingRules.USUAL) != null) {
          return Optional.of(answer.text());
        }
      }
      return candidates.stream().findFirst().map(first -> new AnswerText(first).text());
    } catch (StackOverflowError e) {
      return Optional.empty();
    }
  }

  @Override
  public boolean equivalent(String one, String other) {
    try {
      return new Answers(gold(one), new Comparison(rules, engine)).equal(gold(one).answer(other));
    } catch (StackOverflowError e) {
      return one.equals(other);
    }
  }

  /** Why an answer that equals the gold does not count; {@code null} where it does. */
  private @Nullable String fault(Gold gold, String question, AnswerText answer) {
    Expr wanted = gold.answer().read(ReadingRules.USUAL);
    Expr given = answer.read(ReadingRules.USUAL);
    boolean words = !gold.words().isEmpty() || gold.choice() != null || gold.calendar() != null;
    if (wanted == null
        || given == null
        || words
        || wanted.equals(given)
        || answer.text().equals(gold.answer().text())) {
      return null;
    }
    Question asked;
    synchronized (questions) {
      asked = questions.computeIfAbsent(question, Question::new);
    }
    return new Evaluation(wanted, asked).fault(given, answer.text());
  }

  private Gold gold(String text) {
    synchronized (golds) {
      return golds.computeIfAbsent(text, Gold::new);
    }
  }

  private Verdict verify(Gold gold, String question, String completion) {
    String letter = gold.choice() == null ? null : proseLetter(completion);
    List<String> candidates = finder.find(completion);
    if (letter != null) {
      return verdict(letter.equals(letterOf(gold)), gold, letter);
    }
    if (candidates.isEmpty()) {
      return new Verdict(0, Outcome.UNPARSEABLE, "no answer found");
    }
    AnswerText answer = chosen(gold, candidates, completion);
    Comparison comparison = new Comparison(rules, engine);
    boolean equal = new Answers(gold, comparison).equal(answer) || inParts(gold, completion);
    String fault = equal && rules.evaluated() ? fault(gold, question, answer) : null;
    if (fault != null) {
      return new Verdict(
          0, Outcome.INCORRECT, "equals the gold, but is " + fault + ": " + shown(answer.text()));
    }
    if (!equal && comparison.values().timedOut()) {
      return new Verdict(
          0,
          Outcome.TIMEOUT,
          "Symja did not say in time whether " + shown(answer.text()) + " equals the gold");
    }
    if (!equal && answer.read(ReadingRules.USUAL) == null && !gold.isText()) {
      return new Verdict(
          0, Outcome.UNPARSEABLE, "the answer can't be read: " + shown(answer.text()));
    }
    if (!equal && gold.isUnreadable()) {
      return new Verdict(
          0,
          Outcome.ERROR,
          "the gold can't be read, so only its own text answers it: "
              + shown(gold.answer().text()));
    }
    return verdict(equal, gold, answer.text());
  }

  /** Whether the gold has several values and the last boxes hold one each, with words between. */
  private boolean inParts(Gold gold, String completion) {
    if (!sources.contains(AnswerSource.BOXED)
        || !(gold.answer().read(ReadingRules.USUAL) instanceof Expr.Group list)
        || list.shape() != Expr.Shape.LIST) {
      return false;
    }
    String parts = Boxes.lastParagraph(completion, list.items().size());
    return !parts.isEmpty()
        && new Answers(gold, new Comparison(rules, engine)).equal(gold.answer(parts));
  }

  private static String letterOf(Gold gold) {
    Choices.Choice choice = gold.choice();
    return choice == null ? "" : choice.letter();
  }

  /** Whether neither tags nor a box hold the answer. */
  private boolean fromProse(String completion) {
    for (AnswerSource source : sources) {
      if (source == AnswerSource.PHRASE || source == AnswerSource.LAST) {
        return !completion.isBlank()
            && finder.find(completion, sources.subList(0, sources.indexOf(source))).isEmpty();
      }
    }
    return false;
  }

  /**
   * The letter of a choice in prose; {@code null} where there is none or the prose is not asked.
   */
  private @Nullable String proseLetter(String completion) {
    if (!fromProse(completion)) {
      return null;
    }
    String tail = completion.substring(Math.max(0, completion.length() - 4_000));
    return Choices.inProse(tail, sources.contains(AnswerSource.LAST));
  }

  /** The first candidate that can be read; where the gold is text, the first. */
  private static AnswerText chosen(Gold gold, List<String> candidates, String completion) {
    AnswerText first = gold.answer(candidates.get(0));
    if (first.text().equals(gold.answer().text())) {
      return first;
    }
    if (gold.isText() || gold.choice() != null) {
      return first;
    }
    if (gold.calendar() != null) {
      return CalendarText.of(first.text()) != null
          ? first
          : gold.answer(CalendarText.lastIn(completion));
    }
    for (String candidate : candidates) {
      AnswerText answer = gold.answer(candidate);
      if (answer.read(ReadingRules.USUAL) != null) {
        return answer;
      }
      String value = Sentences.value(candidate);
      if (value != null) {
        return gold.answer(value);
      }
    }
    return first;
  }

  private static Verdict verdict(boolean equal, Gold gold, String found) {
    return equal
        ? new Verdict(1, Outcome.CORRECT, "equals the gold answer")
        : new Verdict(
            0,
            Outcome.INCORRECT,
            "expected " + shown(gold.answer().text()) + ", found " + shown(found));
  }

  private static String shown(String text) {
    String line = text.replaceAll("\\s+", " ");
    return Records.shortened(line, 80, "…");
  }

  /**
   * Makes {@code math} verifiers. Options, each with its default:
   *
   * <ul>
   *   <li>{@code sources} (answer_tag, boxed, hashes, phrase, last): where the answer is looked
   *       for; the first source that has one counts
   *   <li>{@code decimals} (6): places to which a decimal and what it is compared with are rounded
   *   <li>{@code relative_tolerance} (0): above 0, numbers this near to the gold are equal too
   *   <li>{@code percent} (either): whether 50% equals 50 as well as 0.5; {@code exact}: 0.5 alone
   *   <li>{@code strict_names} (true): whether variables have to be the gold's
   *   <li>{@code ordered_lists} (false): whether {@code 1, 2} differs from {@code 2, 1}
   *   <li>{@code inequality_for_set} (true): whether an inequality answers a gold that is a set
   *   <li>{@code symbolic} (true): whether Symja is asked where nothing cheaper decides
   *   <li>{@code time_limit_ms} (3000): for one question to Symja
   *   <li>{@code evaluated} (true): whether an answer has to be worked out: neither a formula of
   *       the question nor a calculation that is still to be done, unless the gold is written so
   *   <li>{@code accept_truncated} (false): whether a completion that the token limit cut off can
   *       be right
   *   <li>{@code format}: the tags
   * </ul>
   */
  public static final class Provider implements VerifierProvider {

    @Override
    public String id() {
      return "math";
    }

    @Override
    public String description() {
      return "an answer mathematically equal to the gold, in LaTeX or plain text";
    }

    @Override
    public Verifier create(JsonNode node) {
      OptionReader options = OptionReader.of("verifier 'math'", node);
      MathRules usual = MathRules.DEFAULT;
      List<AnswerSource> sources =
          options.choices("sources", AnswerSource.class, MathVerifier.SOURCES);
      MathRules rules =
          new MathRules(
              options.integer("decimals", usual.decimals(), 0, 30),
              options.number("relative_tolerance", usual.relativeTolerance(), 0, 0.5),
              options.choice("percent", usual.percent()),
              options.flag("strict_names", usual.strictNames()),
              options.flag("ordered_lists", usual.orderedLists()),
              options.flag("inequality_for_set", usual.inequalityForSet()),
              options.flag("symbolic", usual.symbolic()),
              Duration.ofMillis(
                  options.integer("time_limit_ms", (int) usual.timeLimit().toMillis(), 50, 60_000)),
              options.flag("evaluated", usual.evaluated()),
              options.flag("accept_truncated", usual.acceptTruncated()));
      JsonNode format = options.node("format");
      options.finish();
      SymbolicEngine engine = rules.symbolic() ? SymjaProcess.shared() : SymbolicEngine.NONE;
      return new MathVerifier(ReasoningFormat.parse(format), sources, rules, engine);
    }
  }
}
