package org.r1zero.coldstart.curate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.grpo.model.tokenizer.Message;

class ExampleFilesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"a.jsonl", "a.jsonl.gz", "a.parquet"})
  void bothFormsSurviveEachKindOfFile(String name) throws IOException {
    List<Message> turns = List.of(new Message("system", "Be brief."), new Message("user", "2+2?"));
    List<Example> examples =
        List.of(
            new Example("p/1", 2, "Question: é 首先\n", List.of(), " <think> ok </think>"),
            Example.of("a", "b"),
            new Example("", 0, "", turns, "4"));
    Path file = folder.resolve(name);
    ExampleFiles.write(file, examples, ExampleForm.PROMPT_COMPLETION);
    ExampleFiles.Contents read = ExampleFiles.read(file, 0);
    assertThat(read.bad()).isEmpty();
    assertThat(read.examples()).isEqualTo(examples);

    Path chat = folder.resolve("chat-" + name);
    ExampleFiles.write(chat, examples, ExampleForm.MESSAGES);
    List<Example> again = ExampleFiles.read(chat, 0).examples();
    assertThat(again)
        .extracting(Example::question)
        .containsExactly("Question: é 首先\n", "a", "2+2?");
    assertThat(again).allSatisfy(e -> assertThat(e.prompt()).isEmpty());
    assertThat(again.get(2)).isEqualTo(examples.get(2));
  }

  @Test
  void badRecordsAreReportedWithTheirLinesAndLimited() throws IOException {
    Path file = folder.resolve("bad.jsonl");
    Files.writeString(
        file,
        """
        {"prompt": "a", "completion": "b"}
        {"prompt": "a"

        {"prompt": "a", "completion": " "}
        {"messages": [{"role": "user", "content": "a"}]}
        {"messages": [{"role": "alien", "content": "a"}, {"role": "assistant", "content": "b"}]}
        [1]
        """);
    ExampleFiles.Contents contents = ExampleFiles.read(file, 10);
    assertThat(contents.examples()).hasSize(1);
    assertThat(contents.bad()).extracting(BadRecord::line).containsExactly(2L, 4L, 5L, 6L, 7L);
    assertThat(contents.bad().get(1).reason()).contains("completion is empty");
    assertThatThrownBy(() -> ExampleFiles.read(file, 4))
        .hasMessageContaining("more than 4 bad records")
        .hasMessageContaining("bad.jsonl:7");
  }

  @Test
  void aFileOfNoKnownKindOrNoParquetIsRefused() throws IOException {
    Path text = Files.writeString(folder.resolve("a.txt"), "x");
    assertThatThrownBy(() -> ExampleFiles.read(text, 0)).hasMessageContaining(".parquet");
    assertThatThrownBy(() -> ExampleFiles.read(folder.resolve("no.jsonl"), 0))
        .hasMessageContaining("no such file");
    Path fake = Files.writeString(folder.resolve("a.parquet"), "this is no parquet file at all");
    assertThatThrownBy(() -> ExampleFiles.read(fake, 0)).hasMessageContaining("a.parquet");
  }

  @Test
  void theDataCardHasTheFilesHash() throws IOException {
    List<Example> examples = List.of(Example.of("a", "b"), Example.of("c", "d"));
    Path file = folder.resolve("data.jsonl");
    ExampleFiles.write(file, examples, ExampleForm.PROMPT_COMPLETION);
    BadRecord bad = new BadRecord("in.jsonl", 7, "no JSON");
    new DataCard(
            "cold",
            Map.of("model m", "abc"),
            "Apache-2.0",
            5,
            Map.of("read", 9),
            List.of(bad),
            JSON.createObjectNode())
        .write(file, examples);
    JsonNode card = JSON.readTree(folder.resolve("data-card.json").toFile());
    assertThat(card.get("sha256").asText()).isEqualTo(Hashes.sha256(Files.readAllBytes(file)));
    assertThat(card.get("examples").asInt()).isEqualTo(2);
    assertThat(Files.readString(folder.resolve("data-card.md")))
        .contains(card.get("sha256").asText(), "Apache-2.0", "in.jsonl:7: no JSON");
  }
}
