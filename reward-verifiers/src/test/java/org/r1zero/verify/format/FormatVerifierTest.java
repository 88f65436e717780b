package org.r1zero.verify.format;

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
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierContractTest;

class FormatVerifierTest extends VerifierContractTest {

  private static final Problem PROBLEM = new Problem("format/1", "?", "");
  private static final ReasoningFormat OPENED = ReasoningFormat.DEFAULT.withPromptOpensThink(true);

  @Override
  protected Verifier create() {
    return new FormatVerifier(ReasoningFormat.DEFAULT, FormatVerifier.Mode.STRICT);
  }

  @Override
  protected Problem problem() {
    return PROBLEM;
  }

  @Override
  protected List<Completion> right() {
    return List.of(Completion.of("<think>2 + 2 = 4.</think> <answer>4</answer>"));
  }

  @Override
  protected List<Completion> wrong() {
    return List.of(Completion.of("4"), Completion.of("<answer>4</answer>"));
  }

  // \n and \0 stand for a line break and NUL, \z for a zero width space.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<think>a</think><answer>b</answer>            | in the format",
        "<think>a</think>\\n\\n<answer>b</answer>      | in the format",
        "\\n<think>\\na\\n</think>\\n<answer>\\nb\\n</answer>\\n | in the format",
        "<think>1 < 2 > 0 <b></think><answer>b</answer>| in the format",
        "x <think>a</think><answer>b</answer>          | text before the reasoning",
        "<think>a</think> x <answer>b</answer>         | text between the reasoning and the answer",
        "<think>a</think><answer>b</answer> x          | text after the answer",
        "<think></think><answer>b</answer>             | the reasoning is blank",
        "<think> \\n </think><answer>b</answer>        | the reasoning is blank",
        "<think>\\z\\0</think><answer>b</answer>       | the reasoning is blank",
        "<think>a</think><answer></answer>             | the answer is blank",
        "<think>a</think><answer> \\z </answer>        | the answer is blank",
        "a                                             | expected the tags",
        "<think>a</think>                              | expected the tags",
        "<answer>b</answer>                            | expected the tags",
        "<think>a<answer>b</answer>                    | expected the tags",
        "<think>a</think><answer>b                     | expected the tags",
        "a</think><answer>b</answer>                   | expected the tags",
        "<answer>b</answer><think>a</think>            | expected the tags",
        "<think>a<answer>b</answer></think>            | expected the tags",
        "<think><think>a</think><answer>b</answer> | expected the tags <think> </think> <answer>",
        "<think>a</think><answer>b</answer></answer>   | expected the tags",
        "<think>a</think><think>c</think><answer>b</answer> | expected the tags",
        "<think>a</think><answer>b</answer><answer>c</answer> | expected the tags",
        "<THINK>a</THINK><ANSWER>b</ANSWER>            | expected the tags",
      })
  void strictTakesTheWholeFormatOrNothing(String text, String reason) {
    Verdict verdict = judge(ReasoningFormat.DEFAULT, FormatVerifier.Mode.STRICT, text);
    assertThat(verdict.reason()).startsWith(reason);
    boolean right = reason.equals("in the format");
    assertThat(verdict.score()).isEqualTo(right ? 1 : 0);
    assertThat(verdict.outcome()).isEqualTo(right ? Outcome.CORRECT : Outcome.INCORRECT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a</think><answer>b</answer>          | 1",
        " a </think> <answer> b </answer>     | 1",
        "</think><answer>b</answer>           | 0",
        "<think>a</think><answer>b</answer>   | 0",
        "a<answer>b</answer>                  | 0",
      })
  void strictStartsInsideTheReasoningWhereThePromptOpensIt(String text, double score) {
    assertThat(judge(OPENED, FormatVerifier.Mode.STRICT, text).score()).isEqualTo(score);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<think>a</think><answer>b</answer>            | 1    | CORRECT",
        "x <think>a</think> y <answer>b</answer> z     | 1    | CORRECT",
        "<think>a</think>b                             | 0.5  | PARTIAL",
        "<think>a</think><answer>b                     | 0.75 | PARTIAL",
        "<answer>b</answer>                            | 0.5  | PARTIAL",
        "<think>                                       | 0.25 | PARTIAL",
        "a                                             | 0    | INCORRECT",
        "<think><think>a</think><answer>b</answer>     | 0.75 | PARTIAL",
        "<answer>b</answer><think>a</think>            | 0.5  | PARTIAL",
        "</answer><answer></think><think>              | 0.25 | PARTIAL",
        "<think><think></think></think><answer><answer></answer></answer> | 0 | INCORRECT",
      })
  void softGivesAShareForEachTagOnceAndInOrder(String text, double score, Outcome outcome) {
    Verdict verdict = judge(ReasoningFormat.DEFAULT, FormatVerifier.Mode.SOFT, text);
    assertThat(verdict.score()).isEqualTo(score);
    assertThat(verdict.outcome()).isEqualTo(outcome);
    assertThat(verdict.parts()).containsEntry("tags", score);
  }

  @Test
  void softCountsThreeTagsWhereThePromptOpensTheReasoning() {
    assertThat(judge(OPENED, FormatVerifier.Mode.SOFT, "a</think><answer>b</answer>").score())
        .isEqualTo(1);
    assertThat(judge(OPENED, FormatVerifier.Mode.SOFT, "a</think>b").score())
        .isEqualTo(1.0 / 3, within(1e-12));
  }

  @Test
  void providerReadsItsOptions() throws JsonProcessingException {
    Verifier soft = create("{\"mode\": \"soft\", \"format\": {\"prompt_opens_think\": true}}");
    assertThat(soft.verify(PROBLEM, Completion.of("a</think><answer>b</answer>")).score())
        .isEqualTo(1);
    assertThat(soft.verify(PROBLEM, Completion.of("a</think>")).score()).isGreaterThan(0);
    Verifier strict = create("{}");
    assertThat(strict.verify(PROBLEM, Completion.of("<think>a</think>")).score()).isZero();
    assertThatThrownBy(() -> create("{\"mode\": \"lax\"}"))
        .hasMessageContaining("option 'mode' must be one of strict, soft");
    assertThatThrownBy(() -> create("{\"modes\": \"soft\"}"))
        .hasMessageContaining("did you mean 'mode'?");
  }

  private static Verifier create(String options) throws JsonProcessingException {
    return new FormatVerifier.Provider().create(new ObjectMapper().readTree(options));
  }

  private static Verdict judge(ReasoningFormat format, FormatVerifier.Mode mode, String text) {
    String plain = text.replace("\\n", "\n").replace("\\0", "\0").replace("\\z", "\u200B");
    return new FormatVerifier(format, mode).verify(PROBLEM, Completion.of(plain));
  }
}
