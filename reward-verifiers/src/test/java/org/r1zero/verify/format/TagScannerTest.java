package org.r1zero.verify.format;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.r1zero.verify.format.TagScanner.Kind;
import org.r1zero.verify.format.TagScanner.Tag;

class TagScannerTest {

  private final TagScanner scanner = new TagScanner(ReasoningFormat.DEFAULT);

  @Test
  void findsTagsInOrderWithTheirPlaces() {
    assertThat(scanner.scan("<think>a</think> <answer>b</answer>"))
        .containsExactly(
            new Tag(Kind.THINK_OPEN, 0, 7),
            new Tag(Kind.THINK_CLOSE, 8, 16),
            new Tag(Kind.ANSWER_OPEN, 17, 25),
            new Tag(Kind.ANSWER_CLOSE, 26, 35));
  }

  @Test
  void takesTagsLiterally() {
    assertThat(scanner.scan("<Think> < think> <think > <think/> <thinker> think> </ answer>"))
        .isEmpty();
    assertThat(scanner.scan("<<think>>")).containsExactly(new Tag(Kind.THINK_OPEN, 1, 8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<answer>5</answer>                                  | 5",
        "<think>x</think><answer>5</answer>                  | 5",
        "<answer>5</answer> <answer>6</answer>               | 6",
        "<answer>5</answer> then <answer>6                   | 5",
        "<answer>5 <answer>6</answer>                        | 6",
        "<answer>5</answer></answer>                         | 5",
        "<think><answer>5</answer></think>                   | 5",
        "<answer>5</think></answer>                          | 5</think>",
        "<answer>5                                           |",
        "5</answer>                                          |",
        "</answer>5<answer>                                  |",
        "<ANSWER>5</ANSWER>                                  |",
      })
  void takesTheLastAnswerThatIsClosed(String text, String answer) {
    assertThat(scanner.lastAnswer(text).orElse(null)).isEqualTo(answer);
  }

  @Test
  void keepsTheAnswerAsItStands() {
    assertThat(scanner.lastAnswer("<answer> 5\n+ 6 </answer>")).contains(" 5\n+ 6 ");
    assertThat(scanner.lastAnswer("<answer></answer>")).contains("");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<think>a</think>b                | a      | b",
        "a</think>b                       | a      | b",
        "<think>a</think>b</think>c       | a</think>b | c",
        "<think>a<answer>b</answer>       | a      | <think>a<answer>b</answer>",
        "<think>a                         | a      | <think>a",
        "a                                | a      | a",
      })
  void partsReasoningFromWhatFollows(String text, String thinking, String after) {
    assertThat(scanner.thinking(text)).isEqualTo(thinking);
    assertThat(scanner.afterThinking(text)).isEqualTo(after);
  }

  @Test
  void looksForTheFormatsOwnTags() {
    TagScanner other =
        new TagScanner(new ReasoningFormat("[reason]", "[/reason]", "[[", "]]", false));
    assertThat(other.lastAnswer("[reason]x[/reason] [[ 5 ]] <answer>6</answer>")).contains(" 5 ");
  }
}
