package org.r1zero.verify.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.r1zero.verify.format.ReasoningFormat;

class CodeExtractorTest {

  private final CodeExtractor extractor = new CodeExtractor(ReasoningFormat.DEFAULT);

  @Test
  void takesTheLastBlockInTheLanguage() {
    assertThat(extract("```python\na = 1\n```\nor\n```py\nb = 2\n```\n")).contains("b = 2\n");
    assertThat(extract("```python\na = 1\n```\nprints\n```\n1\n```\n")).contains("a = 1\n");
    assertThat(extract("```python\na = 1\n```\n```text\n1\n```\n")).contains("a = 1\n");
    assertThat(extract("```java\nclass A {}\n```\n```\nb = 2\n```\n")).contains("b = 2\n");
    assertThat(extract("~~~python\na = 1\n~~~")).contains("a = 1\n");
  }

  @Test
  void prefersTheBlockThatDefinesWhatIsWanted() {
    String text = "```python\ndef f(x):\n  return x\n```\nUse it so:\n```python\nprint(f(1))\n```";
    assertThat(extractor.extract(text, Language.PYTHON, Optional.of(Pattern.compile("def f"))))
        .contains("def f(x):\n  return x\n");
  }

  @Test
  void looksInTheAnswerThenAfterTheReasoningThenEverywhere() {
    String think = "<think>```python\nwrong\n```</think>";
    assertThat(extract(think + "<answer>```python\nright\n```</answer>")).contains("right\n");
    assertThat(extract(think + "```python\nright\n```")).contains("right\n");
    assertThat(extract(think + "<answer>right</answer> bye")).contains("right");
    assertThat(extract("<think>\n```python\nonly\n```</think>")).contains("only\n");
  }

  @Test
  void takesTheTextItselfWhereThereIsNoBlock() {
    assertThat(extract("    return x\n")).contains("    return x\n");
    assertThat(extract(" \n ")).isEmpty();
    assertThat(extract("```python\n```")).isEmpty();
  }

  @Test
  void takesABlockThatIsNotClosed() {
    assertThat(extract("Here:\n```python\na = 1\nb = 2")).contains("a = 1\nb = 2\n");
  }

  private Optional<String> extract(String text) {
    return extractor.extract(text, Language.PYTHON, Optional.empty());
  }
}
