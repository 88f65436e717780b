package org.r1zero.verify.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.verify.AnswerVerifier;
import org.r1zero.verify.Completion;
import org.r1zero.verify.FinishReason;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierContractTest;

@Tag("slow")
class MathVerifierTest extends VerifierContractTest {

  /** Equality alone, as where calculations count too. */
  private static final String EQUALITY = "{'evaluated':false}";

  @Override
  protected Verifier create() {
    return make("{}");
  }

  @Override
  protected Problem problem() {
    return new Problem("p", "q", "\\frac{\\sqrt{3}}{2}");
  }

  @Override
  protected List<Completion> right() {
    return List.of(
        Completion.of("So it is $\\boxed{\\frac{\\sqrt3}{2}}$."),
        Completion.of("<think>\\boxed{1}</think> The answer is sqrt(3)/2."),
        Completion.of("\\boxed{\\cos 30^\\circ \\cdot 0 + \\frac{3}{2\\sqrt{3}}}"));
  }

  @Override
  protected List<Completion> wrong() {
    return List.of(
        Completion.of("\\boxed{\\frac{\\sqrt2}{2}}"),
        Completion.of("0.866"),
        Completion.of("\\boxed{\\frac{\\sqrt3}{2}, 1}"),
        Completion.of(""));
  }

  /** Columns: rule, gold, answer, score. */
  @ParameterizedTest(name = "{0}: {1} / {2}")
  @CsvFileSource(resources = "rules.csv", delimiter = '¦', quoteCharacter = '\u0001')
  void comparesByRule(String rule, String gold, String answer, int score) {
    Verdict boxed = judge(EQUALITY, gold, "\\boxed{" + answer + "}");

    assertThat(boxed.score()).as("%s: %s", rule, boxed).isEqualTo(score);
  }

  /** Columns: completion, the gold that it answers. */
  @ParameterizedTest
  @CsvFileSource(resources = "prose.csv", delimiter = '¦', quoteCharacter = '\u0001')
  void findsTheAnswerInProse(String completion, String gold) {
    Verdict verdict = judge("{}", gold, completion.replace("⏎", "\n"));

    assertThat(verdict.outcome()).as("%s", verdict).isEqualTo(Outcome.CORRECT);
  }

  /** Columns: a model's output, the gold, the score. */
  @ParameterizedTest
  @CsvFileSource(
      resources = {"outputs.csv", "faults.csv"},
      delimiter = '¦',
      quoteCharacter = '\u0001')
  void judgesOutputsOfModels(@Nullable String completion, String gold, int score) {
    String text = completion == null ? "" : completion.replace("⏎", "\n");

    Verdict verdict = judge(EQUALITY, gold, text);

    assertThat(verdict.score()).as("%s", verdict).isEqualTo(score);
  }

  /** Columns: the question, the gold, the answer, the score where answers have to be worked out. */
  @ParameterizedTest
  @CsvFileSource(resources = "evaluated.csv", delimiter = '¦', quoteCharacter = '\u0001')
  void anAnswerHasToBeWorkedOut(String question, String gold, String answer, int score) {
    Problem problem = new Problem("p", question, gold);
    Completion completion = Completion.of("\\boxed{" + answer + "}");

    Verdict verdict = make("{}").verify(problem, completion);

    assertThat(verdict.score()).as("%s", verdict).isEqualTo(score);
    assertThat(make(EQUALITY).verify(problem, completion).score()).as("equal").isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\\begin{tikzpicture}\\draw (0,0)--(1,1);\\end{tikzpicture}",
        "\\begin{array}{c} 5",
        "[asy] draw((0,0)--(1,1)); [/asy]",
        "see proof",
        "See the solution above.",
        "\\text{Proof.}",
        "Answers may vary",
        "N/A",
        "NaN",
        "https://example.org/5.png"
      })
  void aGoldThatIsNoAnswerIsAFaultOfTheData(String gold) {
    assertThatThrownBy(() -> judge("{}", gold, "\\boxed{5}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("problem p")
        .hasMessageContaining("gold");
  }

  @Test
  void aGoldThatCannotBeReadIsNotHeldAgainstTheModel() {
    String gold = "\\mystery{5} \\unknown 6";

    assertThat(judge("{}", gold, "\\boxed{5}").outcome()).isEqualTo(Outcome.ERROR);
    assertThat(judge("{}", gold, "\\boxed{" + gold + "}").outcome()).isEqualTo(Outcome.CORRECT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "   ", "\\boxed{}", "<answer></answer>", "no idea", "???"})
  void findsNoAnswerWhereThereIsNone(String completion) {
    assertThat(judge("{}", "5", completion).outcome()).isIn(Outcome.UNPARSEABLE, Outcome.INCORRECT);
    assertThat(judge("{}", "5", completion).score()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'decimals':2} | 1/3 | 0.33 | 1",
        "{} | 1/3 | 0.33 | 0",
        "{'relative_tolerance':0.01} | 100 | 100.5 | 1",
        "{} | 100 | 100.5 | 0",
        "{'percent':'exact'} | 50 | 50\\% | 0",
        "{} | 50 | 50\\% | 1",
        "{'strict_names':false} | x+1 | y+1 | 1",
        "{} | x+1 | y+1 | 0",
        "{'ordered_lists':true} | 1, 2 | 2, 1 | 0",
        "{} | 1, 2 | 2, 1 | 1",
        "{'inequality_for_set':false} | (1,2) | 1<x<2 | 0",
        "{} | (1,2) | 1<x<2 | 1",
        "{'inequality_for_set':false} | 1<x<2 | (1,2) | 1",
        "{'symbolic':false} | \\sin^2 x | 1-\\cos^2 x | 1"
      })
  void followsItsOptions(String options, String gold, String answer, int score) {
    assertThat(judge(options, gold, "\\boxed{" + answer + "}").score()).isEqualTo(score);
  }

  @Test
  void looksOnlyWhereToldTo() {
    String options = "{'sources':['answer_tag']}";

    assertThat(judge(options, "5", "\\boxed{5}").outcome()).isEqualTo(Outcome.UNPARSEABLE);
    assertThat(judge(options, "5", "<answer>5</answer>").outcome()).isEqualTo(Outcome.CORRECT);
    assertThat(judge("{'sources':['boxed']}", "B", "The answer is B.").outcome())
        .isEqualTo(Outcome.UNPARSEABLE);
  }

  /** A letter in the prose must not overrule the answer in the configured tags. */
  @Test
  void findsTheAnswerInItsOwnTags() {
    String options = "{'format':{'answer_open':'<result>','answer_close':'</result>'}}";
    String completion = "<result>12</result> It is not D. The answer is B.";

    assertThat(judge(options, "\\text{(B) } 13", completion).score()).isZero();
    assertThat(judge(options, "\\text{(B) } 12", completion).score()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "7 \\cdot 6 = 42, then we",
        "The answer is 42 times",
        "<think>first try \\boxed{42}. But wait, this is wrong since",
        "<answer>42",
        "\\boxed{42} and therefore",
        "<answer>42</answer>"
      })
  void whatTheTokenLimitCutOffIsNoAnswer(String text) {
    Completion cut = new Completion(text, 20, FinishReason.LENGTH);
    Problem problem = new Problem("p", "q", "42");

    Verdict verdict = make("{}").verify(problem, cut);

    assertThat(verdict.score()).isZero();
    assertThat(verdict.outcome()).isEqualTo(Outcome.UNPARSEABLE);
    assertThat(verdict.reason()).contains("token limit");
    assertThat(((AnswerVerifier) make("{}")).answer(cut)).isEmpty();
  }

  @Test
  void anOptionLetsCutOffAnswersCount() {
    Completion cut = new Completion("\\boxed{42} and therefore", 20, FinishReason.LENGTH);

    Verdict verdict = make("{'accept_truncated':true}").verify(new Problem("p", "q", "42"), cut);

    assertThat(verdict.outcome()).isEqualTo(Outcome.CORRECT);
  }

  @Test
  void namesWrongOptions() {
    assertThatThrownBy(() -> make("{'decimal':3}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("decimals");
    assertThatThrownBy(() -> make("{'time_limit_ms':1}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("time_limit_ms");
  }

  @Test
  void blamesTheDataForAMissingGold() {
    assertThatThrownBy(() -> judge("{}", " ", "5"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("problem p");
  }

  private static Verdict judge(String options, String gold, String completion) {
    return make(options).verify(new Problem("p", "q", gold), Completion.of(completion));
  }

  private static Verifier make(String options) {
    return new MathVerifier.Provider().create(Suite.parse(options.replace('\'', '"')));
  }
}
