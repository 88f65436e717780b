package org.r1zero.verify.math;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.r1zero.verify.format.ReasoningFormat;

class AnswerExtractorTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ANSWER_TAG | <think>1</think> <answer> 2 </answer> | 2",
        "ANSWER_TAG | <answer>1</answer> no, <answer>2</answer> | 2",
        "BOXED | so \\boxed{3} | 3",
        "BOXED | \\boxed{1} then \\boxed{\\frac{1}{2}} | \\frac{1}{2}",
        "BOXED | \\boxed {7} | 7",
        "BOXED | \\fbox{7} | 7",
        "BOXED | \\boxed{\\{1,2\\}} | \\{1,2\\}",
        "BOXED | \\boxed{1} and an open \\boxed{2 | 1",
        "HASHES | so 5 #### 12 | 12",
        "PHRASE | The answer is 12. Good. | 12",
        "PHRASE | The answer is 12.5. Good. | 12.5",
        "PHRASE | **Answer:** 12 | 12",
        "PHRASE | answer = 12 | 12",
        "PHRASE | The answer is 1. No, the answer is: 2 | 2",
        "LAST | one 2 three | one 2 three"
      })
  void findsTheAnswerOfASource(AnswerSource source, String text, String expected) {
    assertThat(extract(List.of(source), text))
        .contains(new AnswerExtractor.Extracted(expected, source));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ANSWER_TAG | 12",
        "ANSWER_TAG | <answer> </answer>",
        "ANSWER_TAG | <answer>12",
        "BOXED | boxed{12}",
        "BOXED | \\boxed{12",
        "BOXED | \\boxed{ }",
        "HASHES | ### 12",
        "HASHES | ####",
        "PHRASE | answers are many",
        "PHRASE | the answer is"
      })
  void findsNothingWhereASourceHasNothing(AnswerSource source, String text) {
    assertThat(extract(List.of(source), text)).isEmpty();
  }

  @Test
  void takesTheFirstSourceThatHasOne() {
    List<AnswerSource> sources = List.of(AnswerSource.BOXED, AnswerSource.PHRASE);

    assertThat(extract(sources, "The answer is 1. \\boxed{2}").orElseThrow().text()).isEqualTo("2");
    assertThat(extract(sources, "The answer is 1.").orElseThrow().text()).isEqualTo("1");
  }

  @Test
  void looksAfterTheReasoningFirst() {
    assertThat(
            extract(List.of(AnswerSource.PHRASE), "<think>the answer is 1</think> the answer is 2")
                .orElseThrow()
                .text())
        .isEqualTo("2");
  }

  @ParameterizedTest
  @EnumSource(AnswerSource.class)
  void endsOnHostileText(AnswerSource source) {
    for (String part :
        List.of("\\boxed{", "{", "}", "answer is ", "<answer>", "####", "\\", "answer    :")) {
      assertThat(extract(List.of(source), part.repeat(100_000 / part.length())))
          .as(part)
          .isNotNull();
    }
  }

  private static Optional<AnswerExtractor.Extracted> extract(
      List<AnswerSource> sources, String text) {
    return new AnswerExtractor(ReasoningFormat.DEFAULT, sources).extract(text);
  }
}
