package org.r1zero.verify.countdown;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierContractTest;
import org.r1zero.verify.format.ReasoningFormat;

class CountdownVerifierTest extends VerifierContractTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  protected Verifier create() {
    return verifier(false);
  }

  @Override
  protected Problem problem() {
    return problem("44 19 35", 98);
  }

  @Override
  protected List<Completion> right() {
    return List.of(answer("44 + 19 + 35"), answer("(35+19)+44 = 98"));
  }

  @Override
  protected List<Completion> wrong() {
    return List.of(answer("44 + 35"), answer("98"), Completion.of("44 + 19 + 35"));
  }

  // Where TinyZero's compute_score gives the same: "exactly once" and "at most once" agree.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "44 19 35 | 98 | 44 + 19 + 35             | 1",
        "44 19 35 | 98 | (44+19)+35               | 1",
        "44 19 35 | 98 | ((35 + 44)) + (19)       | 1",
        "44 19 35 | 60 | 44 + 35 - 19             | 1",
        "3 1 3 3  | 3  | 1/3*3*3                  | 1",
        "2 3 4    | 14 | 2+3*4                    | 1",
        "2 3 4    | 20 | (2+3)*4                  | 1",
        "2 3 4    | 20 | 2+3*4                    | 0.1",
        "8 4 2    | 1  | 8/4/2                    | 1",
        "8 4 2    | 2  | 8-4-2                    | 1",
        "8 4 2    | 6  | 8-4+2                    | 1",
        "5 5      | 0  | -5+5                     | 1",
        "5 3      | 8  | 5--3                     | 1",
        "5 3      | 8  | 5 - -3                   | 1",
        "5 3      | 2  | +5-3                     | 1",
        "44 19 35 | 98 | 44 + 19 + 34             | 0.1",
        "44 19 35 | 98 | 44 + 44 + 10             | 0.1",
        "44 19 35 | 98 | 98                       | 0.1",
        "44 19 35 | 98 | no idea                  | 0.1",
        "44 19 35 | 98 | 44 + 19 +                | 0.1",
        "44 19 35 | 98 | (44 + 19 + 35            | 0.1",
        "44 19 35 | 98 | 44 + 19 + 35)            | 0.1",
        "44 19 35 | 98 | 44 19 35                 | 0.1",
        "2 3      | 6  | 2(3)                     | 0.1",
        "1 0      | 5  | 1/0                      | 0.1",
        "44 19 35 | 98 | $44 + 19 + 35$           | 0.1",
        "44 19 35 | 98 | x = 44 + 19 + 35         | 0.1",
        "44 19 35 | 98 | 44.0 + 19 + 35           | 0.1",
        "4 4 1 9  | 63 | 44 + 19                  | 0.1",
      })
  void scoresAsTinyZero(String numbers, int target, String answer, double score) {
    Verdict exactly = verifier(true).verify(problem(numbers, target), answer(answer));
    assertThat(exactly.score()).as("exactly once: %s", exactly).isEqualTo(score);
    Verdict atMost = verifier(false).verify(problem(numbers, target), answer(answer));
    assertThat(atMost.score()).as("at most once: %s", atMost).isEqualTo(score);
    assertThat(exactly.outcome() == Outcome.CORRECT).isEqualTo(score == 1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "44 19 35 | 63 | 44 + 19",
        "44 19 35 | 44 | 44",
        "5 5 2    | 10 | 5 + 5",
      })
  void letsNumbersOutUnlessAllAreWanted(String numbers, int target, String answer) {
    assertThat(verifier(false).verify(problem(numbers, target), answer(answer)).score())
        .isEqualTo(1);
    Verdict verdict = verifier(true).verify(problem(numbers, target), answer(answer));
    assertThat(verdict.score()).isEqualTo(0.1);
    assertThat(verdict.reason()).startsWith("not used: ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "44 + 19 + 35 = 98          | 1", // TinyZero: no equals sign
        "44 + 19 + 35=98            | 1",
        "44 + 19 + 35 = 97          | 0.1",
        "44 + 19 = 98               | 0.1",
        "98 = 44 + 19 + 35          | 0.1",
        "44 + 19 + 35 = 98 = 98     | 0.1",
        "44 + 19 + 35 = 44 + 54     | 0.1",
        "44 + 19 + 35 =             | 0.1",
        "44 + 019 + 35              | 1", // TinyZero: Python has no leading zeros
        "44 × 19 ÷ 35 − 1           | 0.1",
        "0 + 44 + 19 + 35           | 0.1", // 0 is not among the numbers
        "44 + 19 + 35 + 1 - 1       | 0.1",
        "44 + 19 + 35**1            | 0.1",
        "88//2 + 19 + 35            | 0.1",
        "44 + 19 + 3_5              | 0.1",
      })
  void readsAnswersThatTinyZeroDoesNot(String answer, double score) {
    assertThat(create().verify(problem(), answer(answer)).score()).isEqualTo(score);
  }

  @Test
  void readsTypographicOperators() {
    Problem problem = problem("6 4 3 2", 4);
    assertThat(create().verify(problem, answer("6 × 4 ÷ 3 − 2 · 2")).score()).isEqualTo(0.1);
    assertThat(create().verify(problem("6 4 3 2", 6), answer("6 × 4 ÷ 3 − 2")).score())
        .isEqualTo(1);
  }

  @Test
  void refusesPowersAndFloorDivisionEvenWhereTheyMakeTheTarget() {
    // TinyZero hands the text to Python's eval, where ** and // are operators.
    for (String answer : List.of("2**3", "7//2", "2^3")) {
      Verdict verdict = verifier(true).verify(problem("2 3 7", 8), answer(answer));
      assertThat(verdict.outcome()).as(answer).isEqualTo(Outcome.UNPARSEABLE);
    }
    assertThat(verifier(true).verify(problem("2 3", 8), answer("2**3")).score()).isEqualTo(0.1);
  }

  @Test
  void readsAnswersOfSeveralLinesAndAnswersInTheMiddle() {
    // TinyZero looks at the last line of the completion only.
    String text = "<think>\nx\n</think>\n<answer>44 + 19\n+ 35</answer>\nDone.";
    assertThat(create().verify(problem(), Completion.of(text)).score()).isEqualTo(1);
  }

  @Test
  void takesTheLastAnswer() {
    String text = "<answer>44 + 19 + 35</answer> no: <answer>1</answer>";
    assertThat(create().verify(problem(), Completion.of(text)).score()).isEqualTo(0.1);
  }

  @Test
  void givesNothingWithoutAnAnswerInTheTags() {
    for (String text : List.of("44 + 19 + 35", "<answer>44 + 19 + 35", "<answer> \n </answer>")) {
      Verdict verdict = create().verify(problem(), Completion.of(text));
      assertThat(verdict.score()).as(text).isZero();
      assertThat(verdict.outcome()).as(text).isEqualTo(Outcome.UNPARSEABLE);
    }
  }

  @Test
  void calculatesExactly() {
    // In binary floating point 1/49*49 is not 1; and 1e-7 off is within TinyZero's tolerance.
    assertThat(create().verify(problem("1 49 49", 1), answer("1/49*49")).score()).isEqualTo(1);
    assertThat(create().verify(problem("1 10000000", 1), answer("1+1/10000000")).score())
        .isEqualTo(0.1);
  }

  @Test
  void boundsWhatItCalculates() {
    String product = "999999999999999999*".repeat(40) + "1";
    Verdict verdict = create().verify(problem(), answer(product));
    assertThat(verdict.score()).isEqualTo(0.1);
    assertThat(create().verify(problem(), answer("1+".repeat(600) + "1")).reason())
        .isEqualTo("not an equation: longer than 1000 characters");
    assertThat(create().verify(problem(), answer("(".repeat(60) + "1" + ")".repeat(60))).reason())
        .isEqualTo("not an equation: nested deeper than 50");
    assertThat(create().verify(problem(), answer("1".repeat(19))).reason())
        .isEqualTo("not an equation: a number of more than 18 digits");
  }

  @Test
  void refusesAProblemWithoutNumbersOrTarget() {
    Problem bare = new Problem("countdown/7", "?", "");
    assertThatThrownBy(() -> create().verify(bare, answer("1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "problem countdown/7: the verifier 'countdown' needs whole numbers in the field target,"
                + " found none");
    ObjectNode data = JSON.createObjectNode().put("target", 5).put("numbers", "1 2");
    assertThatThrownBy(
            () -> create().verify(new Problem("countdown/8", "?", "", data), answer("1")))
        .hasMessageContaining("needs the field numbers, an array of whole numbers, found \"1 2\"");
  }

  @Test
  void providerReadsItsOptions() throws JsonProcessingException {
    Verifier verifier = create("{\"use_all\": true, \"format_score\": 0.25}");
    assertThat(verifier.verify(problem(), answer("98")).score()).isEqualTo(0.25);
    assertThat(verifier.verify(problem("44 19 35", 63), answer("44+19")).score()).isEqualTo(0.25);
    Verifier tags = create("{\"format\": {\"answer_open\": \"[\", \"answer_close\": \"]\"}}");
    assertThat(tags.verify(problem(), Completion.of("[44+19+35]")).score()).isEqualTo(1);
    assertThatThrownBy(() -> create("{\"format_score\": 2}"))
        .hasMessageContaining("option 'format_score' must be a number from 0.0 to 1.0, was 2");
    assertThatThrownBy(() -> new CountdownVerifier(ReasoningFormat.DEFAULT, false, -0.1))
        .hasMessage("formatScore must be in [0, 1], was -0.1");
  }

  private static Verifier create(String options) throws JsonProcessingException {
    return new CountdownVerifier.Provider().create(JSON.readTree(options));
  }

  private static Verifier verifier(boolean useAll) {
    return new CountdownVerifier(
        ReasoningFormat.DEFAULT, useAll, CountdownVerifier.DEFAULT_FORMAT_SCORE);
  }

  private static Completion answer(String equation) {
    return Completion.of("<think>Let me see.</think> <answer>" + equation + "</answer>");
  }

  private static Problem problem(String numbers, int target) {
    ObjectNode data = JSON.createObjectNode().put("target", target);
    for (String number : numbers.split(" ", -1)) {
      data.withArray("numbers").add(Integer.parseInt(number));
    }
    return new Problem("countdown/1", "Make it.", "", data);
  }
}
