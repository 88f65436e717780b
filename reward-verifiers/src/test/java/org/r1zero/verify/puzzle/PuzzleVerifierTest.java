package org.r1zero.verify.puzzle;

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
import org.r1zero.verify.FinishReason;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierContractTest;
import org.r1zero.verify.format.ReasoningFormat;

class PuzzleVerifierTest extends VerifierContractTest {

  private static final String COLOURING =
      "{'kind': 'colouring', 'names': ['A', 'B', 'C'], 'values': ['red', 'green', 'blue'],"
          + " 'edges': [[0, 1], [1, 2]]}";

  @Override
  protected Verifier create() {
    return new PuzzleVerifier(ReasoningFormat.DEFAULT);
  }

  @Override
  protected Problem problem() {
    return problem("A: red, B: green, C: blue", COLOURING);
  }

  @Override
  protected List<Completion> right() {
    return List.of(
        Completion.of("<answer>A: red, B: blue, C: red</answer>"),
        Completion.of("A is green and C is green.\nAnswer: A = green; B = red; C = green"),
        Completion.of("A red, B green, C blue"));
  }

  @Override
  protected List<Completion> wrong() {
    return List.of(
        Completion.of("<answer>A: red, B: red, C: blue</answer>"),
        Completion.of("<answer>A: red, B: blue</answer>"),
        Completion.of("<answer>A: red, A: green, B: blue, C: red</answer>"),
        Completion.of("<answer>A: not red, B: not green, C: not red</answer>"),
        Completion.of("<answer>A isn't the red, B is green, C is red</answer>"),
        Completion.of("<answer>A: red green B: blue red C: red</answer>"),
        Completion.of("<answer>red, green, blue</answer>"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "number  | 1234     | 1,234                     | CORRECT",
        "number  | 1234     | 1000 + 234 = 1234.0       | CORRECT",
        "number  | -5       | **−5**                    | CORRECT",
        "number  | 1234     | 1234 or 5                 | UNPARSEABLE",
        "number  | 1234     | many                      | UNPARSEABLE",
        "number  | 17       | it is not 17              | UNPARSEABLE",
        "number  | 17       | It isn't the 17.          | UNPARSEABLE",
        "number  | 17       | It is 17.                 | CORRECT",
        "number  | 1234     | 123                       | INCORRECT",
        "number  | 17       | 17%                       | UNPARSEABLE",
        "number  | 17       | 17²                       | UNPARSEABLE",
        "number  | 17       | √17                       | UNPARSEABLE",
        "number  | 17       | x17                       | UNPARSEABLE",
        "number  | 17       | 17th                      | UNPARSEABLE",
        "number  | 17       | 17?                       | UNPARSEABLE",
        "number  | 17       | is it 17 or more?         | UNPARSEABLE",
        "number  | 17       | about 17                  | UNPARSEABLE",
        "number  | 17       | greater than 17           | UNPARSEABLE",
        "number  | 17       | > 17                      | UNPARSEABLE",
        "number  | 17       | 17!                       | UNPARSEABLE",
        "number  | 17       | 17 apples.                | CORRECT",
        "number  | 17       | $17$                      | CORRECT",
        "numbers | 1 2 3 4  | [[1, 2], [3, 4]]          | CORRECT",
        "numbers | 1 2 3 4  | 12 34                     | CORRECT",
        "numbers | 1 2 3 4  | 1 2 4 3                   | INCORRECT",
        "numbers | 1 2 3 4  | 1 2 3                     | UNPARSEABLE",
        "numbers | 1 -2     | 1, −2                     | CORRECT",
        "numbers | 1 -2     | 1, 2                      | INCORRECT",
        "digits  | 3F       | 003f                      | CORRECT",
        "digits  | 3F       | 3E                        | INCORRECT",
        "digits  | 3F       | -3F                       | UNPARSEABLE",
        "digits  | 3F       | it is 3F                  | UNPARSEABLE",
        "words   | cat, dog | Cat dog                   | CORRECT",
        "words   | cat, dog | dog, cat                  | INCORRECT",
        "choice  | yes      | Yes, it follows.          | CORRECT",
        "choice  | yes      | no                        | INCORRECT",
        "choice  | yes      | yes or no                 | UNPARSEABLE",
        "choice  | yes      | yesterday                 | UNPARSEABLE",
        "choice  | yes      | it is not a yes           | UNPARSEABLE",
        "choice  | yes      | it isn’t yes              | UNPARSEABLE",
        "choice  | yes      | I can't say yes           | UNPARSEABLE",
        "choice  | no       | No, it does not follow    | CORRECT",
      })
  void readsAnswers(String kind, String gold, String answer, Outcome outcome) {
    Problem problem = problem(gold, "{'kind': '" + kind + "', 'choices': ['yes', 'no']}");
    create().check(problem);
    for (String text :
        List.of(
            "<think>1 yes</think><answer>" + answer + "</answer>", "So 7.\nAnswer: " + answer)) {
      assertThat(create().verify(problem, Completion.of(text)).outcome())
          .as(text)
          .isEqualTo(outcome);
    }
  }

  @Test
  void aGoldThatIsWrongIsAFaultOfTheData() {
    assertThatThrownBy(() -> create().check(problem("A: red, B: red, C: blue", COLOURING)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("its gold is not a right answer: A and B are both red");
    assertThatThrownBy(() -> create().check(problem("four", "{'kind': 'number'}")))
        .hasMessageContaining("its gold can't be read: expected one number, found none");
    assertThatThrownBy(() -> create().check(problem("4", "{}")))
        .hasMessageContaining("needs the field kind");
    assertThatThrownBy(() -> create().check(problem("yes", "{'kind': 'choice'}")))
        .hasMessageContaining("needs the field choices");
  }

  @Test
  void whatWasCutOffIsNoAnswer() {
    Completion cut =
        new Completion("<answer>A: red, B: blue, C: red</answer>", 9, FinishReason.LENGTH);
    assertThat(create().verify(problem(), cut).outcome()).isEqualTo(Outcome.UNPARSEABLE);
  }

  private static Problem problem(String gold, String data) {
    try {
      return new Problem(
          "p/1", "?", gold, (ObjectNode) new ObjectMapper().readTree(data.replace('\'', '"')));
    } catch (JsonProcessingException e) {
      throw new AssertionError(data, e);
    }
  }
}
