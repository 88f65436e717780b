package org.r1zero.coldstart.curate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.coldstart.records.BadRecord;
import org.r1zero.fixtures.golden.Golden;
import org.r1zero.grpo.files.Hashes;
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

  @ParameterizedTest
  @ValueSource(strings = {"none", "snappy", "gzip", "brotli", "lz4", "zstd", "types", "types-old"})
  void parquetOfEveryCodecAndColumnIsRead(String name) throws IOException {
    Golden golden = Golden.unpack("data/parquet", folder);
    ExampleFiles.Contents read = ExampleFiles.read(folder.resolve(name + ".parquet"), 0);
    List<Example> expected = new ArrayList<>();
    for (JsonNode row : golden.values()) {
      String prompt = row.get("prompt").asText();
      String completion = row.get("completion").asText();
      expected.add(
          name.startsWith("types")
              ? new Example("", 0, "", List.of(new Message("user", prompt)), completion)
              : Example.of(prompt, completion));
    }
    assertThat(read.examples()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "snappy", "gzip", "brotli", "lz4", "zstd"})
  void damagedParquetIsNamed(String name) throws IOException {
    Golden.unpack("data/parquet", folder);
    byte[] bytes = Files.readAllBytes(folder.resolve(name + ".parquet"));
    Path cut = Files.write(folder.resolve("cut.parquet"), Arrays.copyOf(bytes, bytes.length / 2));
    assertThatThrownBy(() -> ExampleFiles.read(cut, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(cut + ": is not a readable Parquet file");
    byte[] flipped = bytes.clone();
    Arrays.fill(flipped, 30, 160, (byte) 0x7b);
    Path damaged = Files.write(folder.resolve("damaged.parquet"), flipped);
    assertThatThrownBy(() -> ExampleFiles.read(damaged, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(damaged + ": is not a readable Parquet file");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'{\"messages\": null, \"prompt\": \"a\", \"completion\": \"b\"}'|a|b",
        "'\uFEFF{\"prompt\": \"a\", \"completion\": \"b\"}'|a|b",
        "'{\"prompt\": \"a\\ud83d\", \"completion\": \"\\ude00b\"}'|a\uFFFD|\uFFFDb",
        "'{\"prompt\": \"a\", \"completion\": \"\\ud83d\\ude00\"}'|a|😀",
        "'{\"prompt\": \"a\", \"completion\": \"b\", \"reasoning\": \" c \"}'|a|'<think>\nc\n</think>\n\nb'",
        "'{\"prompt\": \"a\", \"completion\": \"<think>c</think>b\", \"reasoning\": \"c\"}'|a|<think>c</think>b",
        "'{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"assistant\","
            + " \"content\": \"\\n\\nb\", \"reasoning_content\": \"c\\nd\"}]}'|a|'<think>\nc\nd\n</think>\n\nb'",
        "'{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"assistant\","
            + " \"content\": \"b\", \"thinking\": null, \"tool_calls\": []}]}'|a|b"
      })
  void oddRecordsAreRead(String json, String question, String completion) throws IOException {
    Path file = Files.writeString(folder.resolve("odd.jsonl"), json + "\r\n");
    Example example = ExampleFiles.read(file, 0).examples().get(0);
    assertThat(example.question()).isEqualTo(question);
    assertThat(example.completion()).isEqualTo(completion.translateEscapes());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'{\"role\": \"user\", \"content\": \"a\", \"reasoning\": \"x\"}, {\"role\": \"assistant\","
            + " \"content\": \"b\"}'|reasoning is not used in a message that is not learned from",
        "'{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"assistant\", \"content\": \"b\","
            + " \"thinking\": [{\"text\": \"x\"}]}'|thinking must be a text",
        "'{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"assistant\", \"content\":"
            + " \"<think>y</think>b\", \"reasoning\": \"x\"}'|give it in one of the two places",
        "'{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"assistant\", \"content\": \"b\","
            + " \"reasoning\": \"x\", \"thinking\": \"y\"}'|two different reasonings",
        "'{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"assistant\", \"content\": \"b\","
            + " \"tool_calls\": [{\"id\": 1}]}'|tool_calls can't be trained on"
      })
  void whatWouldBeDroppedIsABadRecord(String messages, String reason) throws IOException {
    Path file = folder.resolve("dropped.jsonl");
    Files.writeString(file, "\n{\"messages\": [" + messages + "]}\n");
    assertThatThrownBy(() -> ExampleFiles.read(file, 0))
        .hasMessageContainingAll(file + ":2: ", reason);
  }

  @Test
  void textThatIsNotUtf8OrCutOffIsNamedByItsLine() throws IOException {
    Path latin = folder.resolve("latin.jsonl");
    Files.write(latin, "{}\n{\"a\": \"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> ExampleFiles.read(latin, 9))
        .hasMessage(latin + ":2: is not in UTF-8; convert the file to UTF-8");
    Path whole = folder.resolve("whole.jsonl.gz");
    ExampleFiles.write(whole, List.of(Example.of("a", "b")), ExampleForm.PROMPT_COMPLETION);
    byte[] bytes = Files.readAllBytes(whole);
    Path cut = folder.resolve("cut.jsonl.gz");
    Files.write(cut, Arrays.copyOf(bytes, bytes.length - 9));
    assertThatThrownBy(() -> ExampleFiles.read(cut, 0))
        .hasMessageStartingWith(cut + ": can't be read; it is truncated or damaged: ");
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
        .write(file, new TreeMap<>(Map.of(0, 2)));
    JsonNode card = JSON.readTree(folder.resolve("data-card.json").toFile());
    assertThat(card.get("sha256").asText()).isEqualTo(Hashes.sha256(Files.readAllBytes(file)));
    assertThat(card.get("examples").asInt()).isEqualTo(2);
    assertThat(Files.readString(folder.resolve("data-card.md")))
        .contains(card.get("sha256").asText(), "Apache-2.0", "in.jsonl:7: no JSON");
  }
}
