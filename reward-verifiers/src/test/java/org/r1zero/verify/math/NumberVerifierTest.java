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
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.format.ReasoningFormat;

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

  @Test
  void wantsTheAnswerInTheTags() {
    NumberVerifier verifier =
        new NumberVerifier(
            ReasoningFormat.DEFAULT,
            NumberVerifier.TRAINING_SOURCES,
            NumberVerifier.PercentRule.EITHER);
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
            new NumberVerifierProvider().create(JSON.readTree("{\"sources\":[\"last\"]}"));

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
            ReasoningFormat.DEFAULT,
            NumberVerifier.TRAINING_SOURCES,
            NumberVerifier.PercentRule.EXACT);
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
            ReasoningFormat.DEFAULT,
            List.of(AnswerSource.ANSWER_TAG),
            NumberVerifier.PercentRule.EITHER);
    return verifier.verify(
        new Problem("p", "q", gold), Completion.of("<answer>" + answer + "</answer>"));
  }
}
