package org.r1zero.coldstart.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskOptionsTest {

  @Test
  void readsWhatIsThereAndDefaultsTheRest() {
    TaskOptions options = new TaskOptions(json("{'a': 3, 'file': 'x.jsonl'}"));
    assertThat(options.positive("a", 9)).isEqualTo(3);
    assertThat(options.positive("b", 9)).isEqualTo(9);
    assertThat(options.text("file", "none")).isEqualTo("x.jsonl");
    assertThat(options.text("other", "none")).isEqualTo("none");
    assertThatCode(options::finish).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "1.5", "2.0", "'3'", "true", "null", "[1]", "99999999999"})
  void aCountMustBeAWholeNumberFromOne(String value) {
    TaskOptions options = new TaskOptions(json("{'a': " + value + "}"));
    options.positive("a", 9);
    assertThatThrownBy(options::finish)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("task.options.a must be a whole number >= 1, was " + value.replace('\'', '"'));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "true", "null", "[]", "{}"})
  void aTextMustBeAText(String value) {
    TaskOptions options = new TaskOptions(json("{'file': " + value + "}"));
    options.text("file", "none");
    assertThatThrownBy(options::finish)
        .hasMessage("task.options.file must be a text, was " + value);
  }

  @Test
  void namesAllFaultsAtOnce() {
    TaskOptions options = new TaskOptions(json("{'a': 0, 'file': 1, 'fiel': 'x', 'b': 2}"));
    options.positive("a", 9);
    options.text("file", "none");
    options.positive("b", 9);
    options.require(false, "a and b must differ");
    options.require(true, "never said");
    assertThatThrownBy(options::finish)
        .hasMessage(
            "task.options.a must be a whole number >= 1, was 0; task.options.file must be a text,"
                + " was 1; task.options.a and b must differ; unknown key task.options.fiel (did you"
                + " mean 'file'?); known are [a, b, file]");
  }

  /** JSON with single quotes. */
  static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }
}
