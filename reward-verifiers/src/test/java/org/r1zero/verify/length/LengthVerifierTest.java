package org.r1zero.verify.length;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierContractTest;

class LengthVerifierTest extends VerifierContractTest {

  @Override
  protected Verifier create() {
    return new LengthVerifier(1000, 200, LengthUnit.TOKENS);
  }

  @Override
  protected Problem problem() {
    return new Problem("length/1", "?", "");
  }

  @Override
  protected List<Completion> right() {
    return List.of(tokens(1), tokens(800), Completion.of(""));
  }

  @Override
  protected List<Completion> wrong() {
    return List.of(tokens(801), tokens(1000), tokens(100_000));
  }

  // DAPO, equation 13, with L_max 1000 and L_cache 200.
  @ParameterizedTest
  @CsvSource({
    "0,    0,     CORRECT",
    "800,  0,     CORRECT",
    "801, -0.005, PARTIAL",
    "850, -0.25,  PARTIAL",
    "900, -0.5,   PARTIAL",
    "999, -0.995, PARTIAL",
    "1000, -1,    INCORRECT",
    "1001, -1,    INCORRECT",
    "99999, -1,   INCORRECT",
  })
  void fallsFromZeroToMinusOneOverTheCache(int tokens, double score, Outcome outcome) {
    Verdict verdict = create().verify(problem(), new Completion("", tokens, FinishReason.STOP));
    assertThat(verdict.score()).isEqualTo(score);
    assertThat(verdict.outcome()).isEqualTo(outcome);
  }

  @Test
  void withoutACacheItIsAStep() {
    Verifier step = new LengthVerifier(10, 0, LengthUnit.TOKENS);
    assertThat(step.verify(problem(), tokens(10)).score()).isZero();
    assertThat(step.verify(problem(), tokens(11)).score()).isEqualTo(-1);
  }

  @Test
  void countsCharactersIfWanted() {
    Verifier characters = new LengthVerifier(4, 2, LengthUnit.CHARACTERS);
    assertThat(characters.verify(problem(), Completion.of("ab")).score()).isZero();
    assertThat(characters.verify(problem(), Completion.of("a😀b")).score()).isEqualTo(-0.5);
    assertThat(characters.verify(problem(), Completion.of("abcd")).score()).isEqualTo(-1);
  }

  @Test
  void saysWhereTheTokensWereNotCounted() {
    Verdict verdict = create().verify(problem(), Completion.of("some text"));
    assertThat(verdict.outcome()).isEqualTo(Outcome.UNPARSEABLE);
    assertThat(verdict.score()).isZero();
    assertThat(verdict.reason()).contains("set the option unit to characters");
  }

  @Test
  void punishesNobodyForItsOwnFault() {
    assertThat(create().failureScore()).isZero();
  }

  @Test
  void readsItsOptions() {
    assertThat(create("{}")).isEqualTo(new LengthVerifier(20_480, 4096, LengthUnit.TOKENS));
    assertThat(create("{\"max\": 100}")).isEqualTo(new LengthVerifier(100, 20, LengthUnit.TOKENS));
    assertThat(create("{\"max\": 100, \"cache\": 50, \"unit\": \"characters\"}"))
        .isEqualTo(new LengthVerifier(100, 50, LengthUnit.CHARACTERS));
    assertThatThrownBy(() -> create("{\"max\": 100, \"cache\": 101}"))
        .hasMessage("verifier 'length': option 'cache' must be at most max, 100, was 101");
    assertThatThrownBy(() -> create("{\"max\": 0}")).hasMessageContaining("option 'max'");
    assertThatThrownBy(() -> new LengthVerifier(5, 6, LengthUnit.TOKENS))
        .hasMessageContaining("0 <= cache <= max");
  }

  private static Completion tokens(int count) {
    return new Completion("x", count, FinishReason.STOP);
  }

  private static Verifier create(String options) {
    try {
      return new LengthVerifier.Provider().create(new ObjectMapper().readTree(options));
    } catch (JsonProcessingException e) {
      throw new AssertionError(options, e);
    }
  }
}
