package org.r1zero.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionReaderTest {

  private enum Taste {
    SWEET,
    VERY_SOUR
  }

  @Test
  void givesDefaultsWhereNothingIsSet() {
    for (JsonNode none : List.of(json("{}"), NullNode.instance, MissingNode.getInstance())) {
      OptionReader options = OptionReader.of("owner", none);
      assertThat(options.flag("a", true)).isTrue();
      assertThat(options.integer("b", 7, 0, 9)).isEqualTo(7);
      assertThat(options.number("c", 0.5, 0, 1)).isEqualTo(0.5);
      assertThat(options.text("d", "x")).isEqualTo("x");
      assertThat(options.texts("e", List.of("y"))).containsExactly("y");
      assertThat(options.choice("f", Taste.SWEET)).isEqualTo(Taste.SWEET);
      assertThat(options.choices("g", Taste.class, List.of(Taste.SWEET)))
          .containsExactly(Taste.SWEET);
      assertThat(options.node("h").isMissingNode()).isTrue();
      assertThatCode(options::finish).doesNotThrowAnyException();
    }
  }

  @Test
  void readsWhatIsSet() {
    OptionReader options =
        OptionReader.of(
            "owner",
            json(
                """
                {"a": false, "b": 3, "c": 1e-6, "d": "z", "e": ["p", "q"], "f": "very_sour",
                 "g": ["very_sour", "sweet"], "h": {"i": 1}}"""));
    assertThat(options.flag("a", true)).isFalse();
    assertThat(options.integer("b", 7, 0, 9)).isEqualTo(3);
    assertThat(options.number("c", 0.5, 0, 1)).isEqualTo(1e-6);
    assertThat(options.text("d", "x")).isEqualTo("z");
    assertThat(options.texts("e", List.of())).containsExactly("p", "q");
    assertThat(options.choice("f", Taste.SWEET)).isEqualTo(Taste.VERY_SOUR);
    assertThat(options.choices("g", Taste.class, List.of()))
        .containsExactly(Taste.VERY_SOUR, Taste.SWEET);
    assertThat(options.node("h").path("i").asInt()).isEqualTo(1);
    assertThatCode(options::finish).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({"on, true", "Yes, true", "off, false", "NO, false"})
  void takesTheWordsThatYamlHasForTrueAndFalse(String word, boolean value) {
    assertThat(OptionReader.of("o", json("{\"a\": \"" + word + "\"}")).flag("a", !value))
        .isEqualTo(value);
  }

  @Test
  void takesAnExponentThatYamlReadAsText() {
    assertThat(OptionReader.of("o", json("{\"c\": \"1e-6\"}")).number("c", 0, 0, 1))
        .isEqualTo(1e-6);
    assertThatThrownBy(() -> read("{\"c\": \"1e9999\"}", o -> o.number("c", 0, 0, 1)))
        .hasMessageContaining("option 'c' must be a number from 0.0 to 1.0");
    assertThatThrownBy(() -> read("{\"c\": \"half\"}", o -> o.number("c", 0, 0, 1)))
        .hasMessageContaining("was \"half\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "flag    | 1            | option 'x' must be true or false, was 1",
        "flag    | \"ja\"       | option 'x' must be true or false, was \"ja\"",
        "integer | 10           | option 'x' must be a whole number from 0 to 9, was 10",
        "integer | -1           | option 'x' must be a whole number from 0 to 9, was -1",
        "integer | 1.5          | option 'x' must be a whole number from 0 to 9, was 1.5",
        "integer | 99999999999  | option 'x' must be a whole number from 0 to 9, was 99999999999",
        "number  | 1.01         | option 'x' must be a number from 0.0 to 1.0, was 1.01",
        "number  | true         | option 'x' must be a number from 0.0 to 1.0, was true",
        "number  | null         | option 'x' must be a number from 0.0 to 1.0, was null",
        "text    | \"\"         | option 'x' must be a text that is not empty, was \"\"",
        "text    | 5            | option 'x' must be a text that is not empty, was 5",
        "texts   | \" \"        | option 'x' must be a text or a list of texts, none of them empty, was \" \"",
        "texts   | [\"a\", 1]   | option 'x' must be a text or a list of texts, none of them empty, was [\"a\",1]",
        "texts   | [\"a\", \" \"] | a list of texts, none of them empty, was [\"a\",\" \"]",
        "texts   | [\"\"]       | a list of texts, none of them empty, was [\"\"]",
        "texts   | {\"a\":\"b\"}| option 'x' must be a text or a list of texts, none of them empty, was {\"a\":\"b\"}",
        "share   | 1            | option 'x' must be a number in [0, 1), was 1",
        "objects | [1]          | option 'x' must be a list of mappings, was [1]",
        "above   | 0            | option 'x' must be a whole number >= 1, was 0",
        "choice  | \"SWEET\"    | option 'x' must be one of sweet, very_sour, was \"SWEET\"",
        "choice  | \"salty\"    | option 'x' must be one of sweet, very_sour, was \"salty\"",
        "choices | []           | must be a list of different names among sweet, very_sour, was []",
        "choices | [\"sweet\",\"sweet\"] | must be a list of different names among",
        "choices | \"sweet\"    | must be a list of different names among",
      })
  void namesWhatWasExpectedAndFound(String kind, String value, String message) {
    assertThatThrownBy(() -> read("{\"x\": " + value + "}", options -> read(options, kind)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("verifier 'sample': option 'x' must be ")
        .hasMessageContaining(message);
  }

  @Test
  void aCommandIsAProgramWhoseArgumentsMayBeEmpty() {
    assertThat(OptionReader.of("o", json("{\"c\": [\"p\", \"\"]}")).command("c", "[sh]"))
        .containsExactly("p", "");
    assertThat(OptionReader.of("o", json("{\"c\": \"p\"}")).command("c", "[sh]"))
        .containsExactly("p");
    assertThatThrownBy(() -> read("{}", options -> options.command("c", "[sh]")))
        .hasMessage("verifier 'sample': option 'c' must name a program, such as [sh]");
    for (String value : List.of("[]", "\" \"", "[\"\",\"a\"]", "[\"a\",1]", "{\"a\":\"b\"}")) {
      assertThatThrownBy(() -> read("{\"c\": " + value + "}", o -> o.command("c", "[sh]")))
          .hasMessageEndingWith("'c' must name a program, such as [sh], was " + value);
    }
  }

  @Test
  void namesUnknownOptionsWithTheNearestKnownOne() {
    assertThatThrownBy(() -> read("{\"strikt\": true}", o -> o.flag("strict", true)))
        .hasMessage(
            "verifier 'sample': unknown option 'strikt' (did you mean 'strict'?), known: strict");
    assertThatThrownBy(() -> read("{\"zzz\": true}", o -> o.flag("strict", true)))
        .hasMessage("verifier 'sample': unknown option 'zzz', known: strict");
    assertThatThrownBy(() -> read("{\"zzz\": true}", o -> {}))
        .hasMessage("verifier 'sample': unknown option 'zzz', it takes none");
  }

  @Test
  void reportsEveryFaultAtOnce() {
    assertThatThrownBy(
            () ->
                read(
                    "{\"a\": 1, \"b\": 2, \"c\": 3}",
                    options -> {
                      options.flag("a", true);
                      options.text("b", "");
                      options.fault("a and b can't go together");
                    }))
        .hasMessageContainingAll("option 'a'", "option 'b'", "can't go together", "option 'c'");
  }

  @Test
  void wantsAnObject() {
    assertThatThrownBy(() -> read("[1]", o -> {}))
        .hasMessage("verifier 'sample': options must be an object, found [1]");
  }

  private static void read(OptionReader options, String kind) {
    switch (kind) {
      case "flag" -> options.flag("x", true);
      case "integer" -> options.integer("x", 1, 0, 9);
      case "number" -> options.number("x", 1, 0, 1);
      case "share" -> options.share("x", 0);
      case "objects" -> options.objects("x");
      case "above" -> options.positive("x", 1);
      case "text" -> options.text("x", "d");
      case "texts" -> options.texts("x", List.of());
      case "choice" -> options.choice("x", Taste.SWEET);
      case "choices" -> options.choices("x", Taste.class, List.of());
      default -> throw new AssertionError(kind);
    }
  }

  @Test
  void namesADataSetsOptionsAsKeys() {
    OptionReader options =
        OptionReader.at(
            "task.options", json("{\"a\": 0, \"file\": 1, \"fiel\": \"x\", \"t\": \"alone\"}"));
    options.positive("a", 9);
    options.text("file", "none");
    assertThat(options.texts("t", List.of())).containsExactly("alone");
    assertThat(options.text("empty", "")).isEmpty();
    options.require(false, "a and b must differ");
    options.require(true, "never said");
    assertThatThrownBy(options::finish)
        .hasMessage(
            "task.options.a must be a whole number >= 1, was 0; task.options.file must be a text"
                + " that is not empty, was 1; task.options.a and b must differ; unknown key"
                + " task.options.fiel (did you mean 'file'?), known: a, empty, file, t");
  }

  private static void read(String json, Consumer<OptionReader> reader) {
    OptionReader options = OptionReader.of("verifier 'sample'", json(json));
    reader.accept(options);
    options.finish();
  }

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError(text, e);
    }
  }
}
