package org.r1zero.verify.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.verify.Completion;
import org.r1zero.verify.FinishReason;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.format.ReasoningFormat;
import org.r1zero.verify.math.equal.PercentRule;

class NumberVerifierTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "72 | 72",
        "72 | 72.00",
        "72 | $72",
        "72 | 144/2",
        "72 | x = 72",
        "72 | 72 clips",
        "1/3 | \\frac{2}{6}",
        "1000 | 1,000",
        "50 | 50%",
        "0.5 | 50%",
        "50% | 50",
        "so 10 #### 1,072 | 1072"
      })
  void acceptsTheSameNumber(String gold, String answer) {
    assertThat(verify(gold, answer).outcome()).isEqualTo(Outcome.CORRECT);
    assertThat(verify(gold, answer).score()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "72 | 73",
        "72 | -72",
        "1/3 | 0.333",
        "1/3 | 0.333333333333",
        "50 | 0.5%",
        "0.5 | 0.5%x50",
        "1 | 1e999999"
      })
  void refusesAnotherNumber(String gold, String answer) {
    assertThat(verify(gold, answer).score()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "none", "71 or 72", "70 + 2", "72, 73", "8*9"})
  void callsGuessesAndCalculationsUnparseable(String answer) {
    Verdict verdict = verify("72", answer);

    assertThat(verdict.outcome()).isEqualTo(Outcome.UNPARSEABLE);
    assertThat(verdict.score()).isZero();
  }

  /** Signs, ranges, hedges, questions, words, units: forms with their verdicts. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '\1',
      value = {
        "5 ¦ 5%",
        "5 ¦ 5\\%",
        "5 ¦ five",
        "5 ¦ Five.",
        "21 ¦ twenty-one",
        "21 ¦ twenty one",
        "105 ¦ one hundred and five",
        "105 ¦ one hundred five",
        "5000 ¦ 5 thousand",
        "5000 ¦ five thousand",
        "5000 ¦ 5,000",
        "-5 ¦ negative 5",
        "-5 ¦ minus five",
        "-5 ¦ \u22125",
        "-5 ¦ \uff0d5",
        "-5 ¦ \u20115",
        "5 ¦ 5 apples",
        "5 ¦ $5",
        "5 ¦ \\$5.00",
        "5 ¦ 5 dollars",
        "5 ¦ x = 5",
        "5 ¦ 2 + 3 = 5",
        "5 ¦ (5)",
        "5 ¦ +5",
        "5 ¦ {5}",
        "5 ¦ **5**",
        "5 ¦ \\boxed{5}",
        "5 ¦ $\\boxed{5}$",
        "5 ¦ The answer is 5.",
        "5 ¦ So the total is 5 apples.",
        "5 ¦ 5 cm",
        "5 ¦ 5 \\text{ cm}",
        "5/2 ¦ 2 1/2",
        "5/2 ¦ 2\\frac12",
        "5/2 ¦ 2\u00bd",
        "1/3 ¦ 0.\\overline{3}",
        "1/3 ¦ 0.(3)",
        "1/3 ¦ 1/3",
        "1/3 ¦ \\frac13",
        "1/2 ¦ 50%",
        "50 ¦ 50%",
        "50 ¦ fifty percent",
        "1000 ¦ 10^3",
        "1000 ¦ 1e3",
        "1000 ¦ 1 \\times 10^3",
        "0.5 ¦ \u00bd",
        "-0.5 ¦ -1/2",
        "24 ¦ 2 dozen",
        "5 ¦ 4 - -1 = 5",
        "9 ¦ 4 - -5 = 9",
        "5 ¦ 5 miles per hour",
        "5 ¦ five apples",
        "1200000 ¦ 1.2 million",
        "72 ¦ 72 clips altogether",
        "72 ¦ She sold 72 clips.",
        "5 ¦ \u20ac5",
        "5 ¦ 5\u00b0",
        "1234 ¦ 1\u202f234",
        "5 ¦ \uff15",
        "-5 ¦ -$5",
        "-5 ¦ $-5",
        "5 ¦ 5.0",
        "5 ¦ Answer: 5",
        "5 ¦ 5 (five)",
        "1500 ¦ 1,500 meters",
        "0.05 ¦ 5%",
        "18 ¦ $18 per day",
        "5 ¦ 5 degrees",
        "5 ¦ -(-5)",
        "5 ¦ 5 in",
        "5 ¦ 5 units left",
        "5 ¦ 5th",
        "5 ¦ 5:"
      })
  void readsAllThatStandsThere(String gold, String answer) {
    assertThat(verify(gold, answer)).extracting(Verdict::score).isEqualTo(1.0);
  }

  /** For each of these some number in it is the gold, and the answer is not. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '\1',
      value = {
        "5 ¦ \\neq 5",
        "5 ¦ < 5",
        "5 ¦ \\leq 5",
        "5 ¦ \u22655",
        "5 ¦ at least 5",
        "5 ¦ at most 5",
        "5 ¦ 4? 5?",
        "5 ¦ 5?",
        "5 ¦ maybe 5",
        "5 ¦ 5 or 6",
        "5 ¦ 5 and 6",
        "5 ¦ not 5",
        "5 ¦ 5 = 6",
        "5 ¦ 4+2=5",
        "5 ¦ between 4 and 5",
        "5 ¦ 4-5",
        "5 ¦ 4\u20135",
        "5 ¦ 5\u20136",
        "5 ¦ 5 to 6",
        "5 ¦ 5\u00b11",
        "5 ¦ \\pm 5",
        "5 ¦ five?",
        "5 ¦ five or six",
        "5 ¦ about 5",
        "5 ¦ roughly 5",
        "5 ¦ 5!",
        "5 ¦ 5^{0.5}",
        "5 ¦ \u221a5",
        "5 ¦ \\sqrt{25}",
        "5 ¦ 5 squared",
        "5 ¦ half of 5",
        "5 ¦ negative five",
        "5 ¦ minus five",
        "5 ¦ negative 5",
        "5 ¦ - 5",
        "5 ¦ \u22125",
        "5 ¦ \uff0d5",
        "5 ¦ \u207b5",
        "5 ¦ five thousand",
        "5 ¦ 5 thousand",
        "5 ¦ 5k",
        "5 ¦ 5K",
        "5 ¦ 5 million",
        "5 ¦ 5 hundred",
        "5 ¦ 5 dozen",
        "5 ¦ a dozen",
        "5 ¦ 5 percent of 100",
        "5 ¦ 5/0",
        "5 ¦ 0x5",
        "5 ¦ V",
        "5 ¦ \u0665",
        "5 ¦ 5x",
        "5 ¦ 5 x",
        "5 ¦ 5'",
        "5 ¦ 5\"",
        "5 ¦ 5.5.5",
        "5 ¦ 5..6",
        "5 ¦ 5;6",
        "5 ¦ 5|6",
        "5 ¦ 5 & 6",
        "5 ¦ 1,2,5",
        "5 ¦ x>5",
        "5 ¦ x \\approx 5",
        "5 ¦ I think it is 5 or so",
        "5 ¦ my guess is 5",
        "5 ¦ probably 5",
        "5 ¦ somewhere near 5",
        "5 ¦ 5-ish",
        "5 ¦ more than 5",
        "5 ¦ 5+",
        "5 ¦ 5++",
        "5 ¦ +-5",
        "5 ¦ 5 - 1",
        "5 ¦ 10/3",
        "5 ¦ 5 \\text{ or } 6",
        "5 ¦ \\text{not } 5",
        "5 ¦ \\text{at least } 5",
        "5 ¦ <5>",
        "5 ¦ 5*1",
        "5 ¦ 5 \\pmod 7",
        "5 ¦ 5i",
        "5 ¦ 2^5",
        "5 ¦ \\frac{5}{0}",
        "5 ¦ \\boxed{5} or \\boxed{6}",
        "5 ¦ your answer",
        "5 ¦ 5 plus 1",
        "5 ¦ one more than 5",
        "5 ¦ 5 halves",
        "5 ¦ 5 below zero",
        "5 ¦ twice five",
        "12 ¦ 12:00",
        "5 ¦ minus 5",
        "5 ¦ anything but 5",
        "5 ¦ 5\u00b2",
        "5 ¦ 5\u2070",
        "5 ¦ 5\u207b\u00b9",
        "5 ¦ 5\u00bc",
        "5 ¦ 5\u2153",
        "5 ¦ \u2164 5",
        "5 ¦ 5\u207f",
        "5 ¦ \u20145",
        "5 ¦ \u20125",
        "5 ¦ \u20115",
        "5 ¦ \u27965",
        "5 ¦ 5M",
        "5 ¦ twice 5",
        "5 ¦ 5 factorial",
        "5 ¦ 5 !",
        "5 ¦ 5\uff01",
        "5 ¦ five or six or 5",
        "5 ¦ 5 or six",
        "5 ¦ 4 or 5",
        "5 ¦ 5 6",
        "5 ¦ 5\u03c0",
        "5 ¦ 5 pi",
        "5 ¦ <5",
        "5 ¦ \u22485",
        "5 ¦ ~5",
        "5 ¦ 5e1",
        "5 ¦ 5e-1",
        "5 ¦ 5h",
        "5 ¦ 5.0.0",
        "5 ¦ 5 .5",
        "5 ¦ 5/2",
        "5 ¦ 5\u00f72",
        "5 ¦ 5\u20442",
        "5 ¦ 5:2",
        "5 ¦ 5 mod 3",
        "5 ¦ 5_",
        "5 ¦ 5^2",
        "5 ¦ 5^{2}",
        "5 ¦ 5 * 2",
        "5 ¦ 5*",
        "5 ¦ 5\u00b72",
        "5 ¦ 5\\cdot2",
        "5 ¦ 5 m^3",
        "5 ¦ 5^3 m",
        "5 ¦ 5 s^{-1}",
        "5 ¦ 5\\frac12",
        "5 ¦ \\frac{5}{1}6",
        "5 ¦ 5\\\\6",
        "5 ¦ 5&6",
        "5 ¦ \uff15 and 5",
        "5 ¦ \u24605",
        "5 ¦ 5\u2460",
        "5 ¦ 5\u325f",
        "5 ¦ 5\u96f6",
        "5 ¦ \u516d 5",
        "5 ¦ 5\u516d",
        "5 ¦ $5$6",
        "5 ¦ 5\u200b0",
        "5 ¦ 5\u00a00",
        "5 ¦ 5,0",
        "5 ¦ 5,00",
        "5 ¦ 5.000,0",
        "5 ¦ 5\u2019000",
        "5 ¦ 5 000",
        "5 ¦ 5_000",
        "5 ¦ 5\u066b5",
        "5 ¦ 6=5=",
        "5 ¦ x=5=",
        "5 ¦ x\u22605",
        "5 ¦ x<=5",
        "5 ¦ 5==",
        "5 ¦ 4=5",
        "5 ¦ !5",
        "5 ¦ \u00ac5",
        "5 ¦ 5 = 6 = 5",
        "5 ¦ |5|",
        "5 ¦ -|5|",
        "5 ¦ -(5)",
        "5 ¦ -  5",
        "5 ¦ \u2212(5)",
        "5 ¦ -\\$5",
        "5 ¦ -$5",
        "5 ¦ $\u22125",
        "5 ¦ -\u00a35",
        "5 ¦ negative $5",
        "5 ¦ -{5}",
        "5 ¦ -\\text{5}",
        "5 ¦ \u20135",
        "5 ¦ -\u00a05",
        "5 ¦ -\u20095",
        "5 ¦ 7-5",
        "5 ¦ a\u22125",
        "5 ¦ #5",
        "5 ¦ \u22135",
        "5 ¦ \\mp 5",
        "5 ¦ 5\u221e",
        "5 ¦ \u221e5",
        "5 ¦ 5\\times10",
        "5 ¦ 5\\times 10^",
        "5 ¦ 5\u00d710\u207b\u00b9",
        "5 ¦ 5x10^2",
        "5 ¦ 5\u00b710\u00b2",
        "5 ¦ 5\u00d710\u00b2",
        "5 ¦ 5e",
        "5 ¦ 5E",
        "5 ¦ 5d",
        "5 ¦ 5f",
        "5 ¦ 5u",
        "5 ¦ five 5s",
        "5 ¦ 5 over 2",
        "5 ¦ 5 choose 2",
        "5 ¦ log 5",
        "5 ¦ ln 5",
        "5 ¦ \\sin 5",
        "5 ¦ sin 5",
        "5 ¦ sqrt 5",
        "5 ¦ sqrt(5)",
        "5 ¦ cube root of 5",
        "5 ¦ 5 base 6",
        "5 ¦ 5 and a half",
        "5 ¦ 5 and three quarters",
        "5 ¦ 5 percent of",
        "5 ¦ 5 per 2",
        "5 ¦ 5 to",
        "5 ¦ 5 divided by two",
        "5 ¦ 5 plus one",
        "5 ¦ 5 times two",
        "5 ¦ one less than 5",
        "5 ¦ zero point 5",
        "5 ¦ point 5",
        "5 ¦ . 5",
        "5 ¦ .5",
        "5 ¦ oh 5",
        "5 ¦ loss of 5",
        "-5 ¦ 5",
        "-5 ¦ \u22125.0001",
        "-5 ¦ negative 5x",
        "0.5 ¦ 5",
        "0.5 ¦ 1/3",
        "0.5 ¦ 50",
        "0.5 ¦ 0.5000001",
        "0.5 ¦ 2",
        "1000 ¦ 1,0000",
        "1000 ¦ 10,00",
        "1000 ¦ 1 k"
      })
  void paysForNoNumberThatIsAPartOfTheAnswer(String gold, String answer) {
    assertThat(verify(gold, answer)).extracting(Verdict::score).isEqualTo(0.0);
  }

  @Test
  void aCompletionThatWasCutOffHasNoAnswer() throws Exception {
    Completion cut = new Completion("<answer>72</answer> and 3", 20, FinishReason.LENGTH);
    Problem problem = new Problem("p", "q", "72");
    NumberVerifier.Provider provider = new NumberVerifier.Provider();

    assertThat(provider.create(JSON.readTree("{}")).verify(problem, cut).outcome())
        .isEqualTo(Outcome.UNPARSEABLE);
    assertThat(
            provider
                .create(JSON.readTree("{\"accept_truncated\":true}"))
                .verify(problem, cut)
                .outcome())
        .isEqualTo(Outcome.CORRECT);
  }

  @Test
  void wantsTheAnswerInTheTags() {
    NumberVerifier verifier =
        new NumberVerifier(
            ReasoningFormat.DEFAULT, NumberVerifier.TRAINING_SOURCES, PercentRule.EITHER, false);
    Problem problem = new Problem("p", "q", "72");

    assertThat(verifier.verify(problem, Completion.of("72")).outcome())
        .isEqualTo(Outcome.UNPARSEABLE);
    assertThat(verifier.verify(problem, Completion.of("<answer>72</answer>")).outcome())
        .isEqualTo(Outcome.CORRECT);
  }

  @Test
  void takesTheLastNumberWhereAsked() throws Exception {
    NumberVerifier verifier =
        (NumberVerifier)
            new NumberVerifier.Provider().create(JSON.readTree("{\"sources\":[\"last\"]}"));

    assertThat(
            verifier
                .verify(new Problem("p", "q", "72"), Completion.of("first 8, then 72."))
                .outcome())
        .isEqualTo(Outcome.CORRECT);
  }

  @Test
  void readsThePercentSignExactlyWhereAsked() {
    NumberVerifier exact =
        new NumberVerifier(
            ReasoningFormat.DEFAULT, NumberVerifier.TRAINING_SOURCES, PercentRule.EXACT, false);
    Completion completion = Completion.of("<answer>50%</answer>");

    assertThat(exact.verify(new Problem("p", "q", "0.5"), completion).score()).isEqualTo(1);
    assertThat(exact.verify(new Problem("p", "q", "50"), completion).score()).isZero();
  }

  @Test
  void blamesTheDataForAGoldThatIsNoNumber() {
    assertThatThrownBy(() -> verify("x+1", "72"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("problem p")
        .hasMessageContaining("x+1");
  }

  private static Verdict verify(String gold, String answer) {
    NumberVerifier verifier =
        new NumberVerifier(
            ReasoningFormat.DEFAULT, List.of(AnswerSource.ANSWER_TAG), PercentRule.EITHER, false);
    return verifier.verify(
        new Problem("p", "q", gold), Completion.of("<answer>" + answer + "</answer>"));
  }
}
