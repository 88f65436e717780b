package org.r1zero.verify.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.r1zero.verify.Problem;

class SearchTest extends EnvironmentContractTest {
  private static final String CORPUS =
      """
      {"title": "Ada Lovelace", "text": "She wrote the first program for the Analytical Engine."}
      {"title": "Charles Babbage", "text": "He designed the Analytical Engine. The engine was never built."}
      {"title": "Zürich", "text": "A city on a lake."}

      {"text": "Twins: the same words."}
      {"text": "Twins: the same words."}
      """;

  @TempDir private Path folder;

  @Override
  protected EnvironmentFactory create() {
    return create(CORPUS, options());
  }

  private EnvironmentFactory create(String corpus, ObjectNode options) {
    try {
      Path file = Files.writeString(folder.resolve("corpus.jsonl"), corpus);
      return Environments.create("search", options.put("corpus", file.toString()), 8, List.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ObjectNode options() {
    return JsonNodeFactory.instance.objectNode().put("top_k", 2).put("max_output", 30);
  }

  @Override
  protected Problem problem() {
    return new Problem("p", "?", "");
  }

  @Override
  protected List<String> turns() {
    return List.of("<search>lake city</search>", "<search></search>", "<answer>Zürich</answer>");
  }

  @Override
  protected List<String> places(String text) {
    return List.of("<search>" + text + "</search>");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          PROGRAM engine? | Doc 1 (Ada Lovelace): She wrote the first program fo…§Doc 2 (Charles Babbage): He designed the Analytical Eng…
          Babbage's engine | Doc 1 (Charles Babbage): He designed the Analytical Eng…§Doc 2 (Ada Lovelace): She wrote the first program fo…
          zürich | Doc 1 (Zürich): A city on a lake.
          twins | Doc 1: Twins: the same words.§Doc 2: Twins: the same words.
          quantum | nothing found
          ?! | nothing found
          """)
  void theBestDocumentsComeFirst(String query, String result) {
    assertThat(create().begin(problem(), 1).step("<search>" + query + "</search>").observation())
        .isEqualTo("<information>" + result.replace('§', '\n') + "</information>");
  }

  @Test
  void aQueryOfManyWordsIsAnswered() {
    String query = "the lake ".repeat(100_000);
    assertThat(create().begin(problem(), 1).step("<search>" + query + "</search>").observation())
        .contains("Zürich");
  }

  @Test
  void aCorpusThatCannotBeReadIsNamedAtTheStart() {
    assertThatThrownBy(() -> Environments.create("search", options(), 8, List.of()))
        .hasMessageContaining("option 'corpus' must name a file of JSON lines");
    assertThatThrownBy(() -> create("{\"text\": \"a\"}\n{\"body\": \"b\"}\n", options()))
        .hasMessageContaining("corpus.jsonl:2 has no text in the field 'text'");
    assertThatThrownBy(() -> create("a\n", options()))
        .hasMessageContaining("corpus.jsonl:1 is not JSON");
    assertThatThrownBy(() -> create("", options())).hasMessageContaining("has no documents");
    assertThatThrownBy(
            () ->
                Environments.create(
                    "search", options().put("corpus", "/no/such.jsonl"), 8, List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("can't read the corpus /no/such.jsonl");
  }
}
