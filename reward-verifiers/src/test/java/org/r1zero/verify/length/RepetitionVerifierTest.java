package org.r1zero.verify.length;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierContractTest;

class RepetitionVerifierTest extends VerifierContractTest {

  @Override
  protected Verifier create() {
    return new RepetitionVerifier(
        RepetitionVerifier.DEFAULT_NGRAM, RepetitionVerifier.DEFAULT_MAX_REPETITION);
  }

  @Override
  protected Problem problem() {
    return new Problem("repetition/1", "?", "");
  }

  @Override
  protected List<Completion> right() {
    return List.of(Completion.of("First 3+4=7. Then 7*2=14."), Completion.of(""));
  }

  @Override
  protected List<Completion> wrong() {
    return List.of(
        Completion.of("The answer is 7. The answer is 7. The answer is 7."),
        Completion.of("a".repeat(5000)));
  }

  @Override
  protected int manyTexts() {
    return 500;
  }

  @Test
  void countsSentencesThatComeAgain() {
    // 4 + 4 + 3 tokens, the second four again; "So" before a sentence does not make it new.
    Verdict verdict = judge("We have 7 apples. We have 7 apples! He eats one.");
    assertThat(verdict.parts().get("repeated")).isEqualTo(4.0 / 11, within(1e-12));
    assertThat(verdict.score()).isEqualTo(7.0 / 11, within(1e-12));
    assertThat(verdict.outcome()).isEqualTo(Outcome.PARTIAL);
    assertThat(judge("We have 7 apples. So we have 7 apples.").parts())
        .containsEntry("repeated", 5.0 / 9);
    assertThat(judge("We have 7 apples. We have 8 apples.").score()).isEqualTo(1);
  }

  @Test
  void countsLongRunsOfWordsThatComeAgain() {
    String run = "the red box holds as many balls as the blue box";
    Verdict verdict = judge(run + ", that is clear, and " + run + " which we know");
    assertThat(verdict.parts().get("repeated")).isEqualTo(11.0 / 29, within(1e-12));
  }

  @Test
  void allowsCasesOfOnePattern() {
    String cases =
        IntStream.range(1, 9)
            .mapToObj(
                i -> "Case " + i + ": if x = " + i + ", the value of the sum is " + i * i + ".")
            .collect(Collectors.joining(" "));
    assertThat(judge(cases).score()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Wait, let me check that again.",
        "Hmm, is that right?",
        "Let me think about this once more.",
        "I am not sure, so I will do it again.",
        "Hold on.",
        "Let me double-check this.",
        "Am I right?",
        "Espera, voy a mirar otra vez.",
        "Attends, je regarde encore une fois.",
        "Warte, ich rechne noch einmal.",
        "等等，再算一次。",
        "Подожди, проверим ещё раз.",
      })
  void countsSentencesThatOnlyDoubt(String doubt) {
    Verdict verdict = judge("There are 40 apples in the box and 12 in the bag. " + doubt);
    assertThat(verdict.parts().get("doubts")).as(verdict.reason()).isGreaterThan(0.1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Wait, 7 * 8 is 56 and not 54, so the total is 60.",
        "Let me think about what is asked.",
        "Let me check whether 91 is prime.",
        "They wait for the bus.",
        "This is right-angled.",
        "We are sure that it holds.",
      })
  void leavesSentencesAloneThatSaySomething(String sentence) {
    assertThat(judge("There are 40 apples. " + sentence).parts()).containsEntry("doubts", 0.0);
  }

  @Test
  void findsLoopsWithoutWords() {
    assertThat(judge("!?".repeat(1000)).score()).isLessThan(0.5);
    assertThat(judge("aaaaaaaaaa".repeat(1000)).score()).isLessThan(0.5);
    assertThat(judge("!?").score()).isEqualTo(1);
  }

  @Test
  void readsScriptsWithoutSpaces() {
    assertThat(judge("一共有十二个苹果。一共有十二个苹果。").score()).isEqualTo(0.5, within(1e-12));
    assertThat(judge("一共有十二个苹果，他吃了三个。所以还剩九个苹果。").score()).isEqualTo(1);
  }

  @Test
  void tagsAreNoText() {
    assertThat(judge("<think> 3+4=7. </think> <answer> 7 </answer>").parts())
        .containsEntry("repeated", 0.0);
    assertThat(judge("<think> 3+4=7. 3+4=7.").score()).isEqualTo(0.5, within(1e-12));
  }

  @Test
  void readsItsOptions() {
    Completion twice = Completion.of("one two three four one two three five");
    assertThat(create("{\"ngram\": 3, \"max_repetition\": 0}").verify(problem(), twice).score())
        .isEqualTo(5.0 / 8, within(1e-12));
    assertThat(create("{\"ngram\": 4}").verify(problem(), twice).score()).isEqualTo(1);
    assertThat(create("{\"ngram\": 3, \"max_repetition\": 0.4}").verify(problem(), twice).outcome())
        .isEqualTo(Outcome.CORRECT);
    assertThatThrownBy(() -> create("{\"ngram\": 1}")).hasMessageContaining("option 'ngram'");
    assertThatThrownBy(() -> new RepetitionVerifier(1, 0.5)).hasMessageContaining("ngram >= 2");
  }

  private Verdict judge(String text) {
    return create().verify(problem(), Completion.of(text));
  }

  private static Verifier create(String options) {
    try {
      return new RepetitionVerifier.Provider().create(new ObjectMapper().readTree(options));
    } catch (JsonProcessingException e) {
      throw new AssertionError(options, e);
    }
  }
}
