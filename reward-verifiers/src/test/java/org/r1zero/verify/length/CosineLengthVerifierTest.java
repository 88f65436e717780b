package org.r1zero.verify.length;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.r1zero.verify.Completion;
import org.r1zero.verify.FinishReason;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.ScoreRange;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierContractTest;
import org.r1zero.verify.Verifiers;

class CosineLengthVerifierTest extends VerifierContractTest {

  @Override
  protected Verifier create() {
    return create("{\"max\": 1000}");
  }

  @Override
  protected Problem problem() {
    return new Problem("cosine/1", "?", "72");
  }

  @Override
  protected List<Completion> right() {
    return List.of(answer("72", 10), answer("72", 900));
  }

  @Override
  protected List<Completion> wrong() {
    return List.of(answer("71", 10), answer("71", 900), Completion.of("no count"));
  }

  // By hand: end + (start - end) / 2 * (1 + cos(pi * t / 1000)); cos is 1, sqrt(1/2), 0, -1.
  @ParameterizedTest
  @CsvSource({
    "72, 0,    1",
    "72, 250,  0.9267766952966369",
    "72, 500,  0.75",
    "72, 1000, 0.5",
    "72, 1001, -1",
    "71, 0,    -1",
    "71, 250,  -0.9267766952966369",
    "71, 500,  -0.75",
    "71, 1000, -0.5",
    "71, 1001, -1",
  })
  void followsTheCosine(String answer, int tokens, double score) {
    Verifier verifier =
        new CosineLengthVerifier(
            new Said(answer.equals("72")),
            1000,
            LengthUnit.TOKENS,
            CosineLengthVerifier.Scores.DEFAULT);
    Verdict verdict = verifier.verify(problem(), new Completion("", tokens, FinishReason.STOP));
    assertThat(verdict.score()).isEqualTo(score, within(1e-12));
    assertThat(verdict.outcome())
        .isEqualTo(answer.equals("72") ? Outcome.CORRECT : Outcome.INCORRECT);
  }

  @Test
  void aCompletionThatWasCutOffHasExceeded() {
    Completion cut = new Completion("<answer>72</answer>", 500, FinishReason.LENGTH);
    assertThat(create().verify(problem(), cut).score()).isEqualTo(-1);
  }

  @Test
  void takesThePapersScores() {
    Verifier paper =
        create(
            "{\"right_start\": 2, \"right_end\": 1, \"wrong_start\": -10, \"wrong_end\": 0,"
                + " \"exceeded\": -10}");
    assertThat(paper.range()).isEqualTo(new ScoreRange(-10, 2));
    assertThat(paper.verify(problem(), answer("72", 500)).score()).isEqualTo(1.5, within(1e-12));
    assertThat(paper.verify(problem(), answer("71", 500)).score()).isEqualTo(-5, within(1e-12));
  }

  @Test
  void passesTheJudgesFailureOn() {
    Verifier failing =
        new CosineLengthVerifier(
            new Said(Outcome.TIMEOUT), 10, LengthUnit.TOKENS, CosineLengthVerifier.Scores.DEFAULT);
    Verdict verdict = failing.verify(problem(), answer("72", 5));
    assertThat(verdict.outcome()).isEqualTo(Outcome.TIMEOUT);
    assertThat(verdict.score()).isEqualTo(-0.5).isEqualTo(failing.failureScore());
  }

  @Test
  void readsItsOptions() {
    Verifier format = create("{\"of\": \"format\", \"of_options\": {\"mode\": \"soft\"}}");
    assertThat(
            format
                .verify(
                    problem(),
                    new Completion("<think>a</think><answer>b</answer>", 9, FinishReason.STOP))
                .score())
        .isGreaterThan(0.9);
    assertThatThrownBy(() -> create("{\"of\": \"nobody\"}")).hasMessageContaining("no verifier");
    assertThatThrownBy(() -> create("{\"of\": \"cosine_length\"}"))
        .hasMessageContaining("can't be the verifier itself");
    assertThatThrownBy(() -> create("{\"of_options\": {\"percent\": \"some\"}}"))
        .hasMessageContaining("verifier 'number': option 'percent'");
  }

  private static Completion answer(String answer, int tokens) {
    return new Completion(
        "<think>So.</think> <answer>" + answer + "</answer>", tokens, FinishReason.STOP);
  }

  private static Verifier create(String options) {
    try {
      return Verifiers.discover().create("cosine_length", new ObjectMapper().readTree(options));
    } catch (JsonProcessingException e) {
      throw new AssertionError(options, e);
    }
  }

  /** Says the same of every completion. */
  private record Said(Outcome outcome) implements Verifier {

    Said(boolean right) {
      this(right ? Outcome.CORRECT : Outcome.INCORRECT);
    }

    @Override
    public String id() {
      return "said";
    }

    @Override
    public ScoreRange range() {
      return ScoreRange.UNIT;
    }

    @Override
    public Verdict verify(Problem problem, Completion completion) {
      return new Verdict(outcome == Outcome.CORRECT ? 1 : 0, outcome, "said");
    }
  }
}
