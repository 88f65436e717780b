package org.r1zero.coldstart.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.r1zero.verify.Problem;

class Gsm8kDatasetTest {
  private static final String GOOD =
      "{\"question\": \"How many?\", \"answer\": \"3*4=<<3*4=12>>12.\\n#### 12\"}";

  @TempDir private Path folder;

  @Test
  void readsThePublishedFiles() {
    Path data = Path.of(System.getProperty("basedir", "."), "..", "data", "gsm8k");
    Dataset dataset =
        load(data.resolve("train.jsonl.gz"), data.resolve("test.jsonl.gz"), options -> {});
    assertThat(dataset.name()).isEqualTo("gsm8k");
    assertThat(dataset.train()).hasSize(7473);
    assertThat(dataset.heldOut()).hasSize(1319);
    Problem first = dataset.train().get(0);
    assertThat(first.id()).isEqualTo("gsm8k/train/1");
    assertThat(first.question())
        .startsWith("Natalia sold clips to 48 of her friends in April, and then")
        .endsWith("How many clips did Natalia sell altogether in April and May?");
    assertThat(first.gold()).isEqualTo("72");
    assertThat(first.field("solution").asText())
        .isEqualTo(
            "Natalia sold 48/2 = <<48/2=24>>24 clips in May.\n"
                + "Natalia sold 48+24 = <<48+24=72>>72 clips altogether in April and May.");
    assertThat(dataset.heldOut().get(1318).id()).isEqualTo("gsm8k/test/1319");
    assertThat(dataset.train()).allMatch(p -> p.gold().matches("-?\\d+(\\.\\d+)?"));
    assertThat(dataset.train()).extracting(Problem::gold).contains("109200000", "0");
    HashSet<String> questions = new HashSet<>();
    dataset.train().forEach(p -> questions.add(p.question()));
    assertThat(dataset.heldOut()).noneMatch(p -> questions.contains(p.question()));
  }

  @Test
  void plainAndGzippedFilesGiveTheSame() throws IOException {
    String text = GOOD + "\n\n" + GOOD.replace("12\"", "13\"") + "\n";
    List<Problem> plain = Gsm8kDataset.read(write("a.jsonl", text), "x");
    assertThat(Gsm8kDataset.read(zip("a.jsonl.gz", text, 0), "x")).isEqualTo(plain);
    assertThat(plain).extracting(Problem::id).as("line numbers").containsExactly("x/1", "x/3");
    assertThat(plain).extracting(Problem::gold).containsExactly("12", "13");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "#### 5 | 5",
        "#### 1,234,567 | 1234567",
        "#### -3 | -3",
        "#### -1,000 | -1000",
        "#### 2.5 | 2.5",
        "####7 | 7",
        "a #### 1 then #### 2 | 2"
      })
  void readsTheGoldAfterTheLastMark(String answer, String gold) throws IOException {
    String line = GOOD.replace("#### 12", answer);
    assertThat(Gsm8kDataset.read(write("a.jsonl", line), "x").get(0).gold()).isEqualTo(gold);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"question\": \"Why?\" | :3: is not JSON: ",
        "{\"answer\": \"#### 1\"} | :3: must have question, and answer",
        "{\"question\": \" \", \"answer\": \"#### 1\"} | :3: must have question, and answer",
        "{\"question\": null, \"answer\": \"#### 1\"} | :3: must have question, and answer",
        "{\"question\": \"Why?\"} | :3: must have question, and answer",
        "{\"question\": \"Why?\", \"answer\": 5} | :3: must have question, and answer",
        "{\"question\": \"Why?\", \"answer\": \"5\"} | :3: must have question, and answer",
        "{\"question\": \"Why?\", \"answer\": \"####\"} | :3: the gold after #### must be a number, was ''",
        "{\"question\": \"Why?\", \"answer\": \"#### five\"} | must be a number, was 'five'",
        "{\"question\": \"Why?\", \"answer\": \"#### 5\"} {} | :3: is not JSON: ",
        "[] | :3: must have question, and answer",
      })
  void namesTheLineOfAFault(String bad, String message) throws IOException {
    Path file = write("bad.jsonl", GOOD + "\n" + GOOD + "\n" + bad + "\n");
    assertThatThrownBy(() -> Gsm8kDataset.read(file, "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(message);
  }

  @Test
  void aFileThatIsMissingEmptyOrCutOffIsAClearError() throws IOException {
    Path missing = folder.resolve("no.jsonl");
    assertThatThrownBy(() -> Gsm8kDataset.read(missing, "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("no.jsonl: is missing", "task.options.train_file");
    Path empty = write("empty.jsonl", "\n\n");
    assertThatThrownBy(() -> Gsm8kDataset.read(empty, "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("empty.jsonl: has no problems");
    Path cut = zip("cut.jsonl.gz", (GOOD + "\n").repeat(100), 20);
    assertThatThrownBy(() -> Gsm8kDataset.read(cut, "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("cut.jsonl.gz: can't be read beyond line", "truncated or damaged");
    Path noZip = write("plain.jsonl.gz", GOOD);
    assertThatThrownBy(() -> Gsm8kDataset.read(noZip, "x"))
        .hasMessageContainingAll("plain.jsonl.gz: its name ends in .gz", "GZIP");
  }

  @Test
  void leavesLongTrainingQuestionsOut() throws IOException {
    Path file =
        write("a.jsonl", GOOD + "\n" + GOOD.replace("How many?", "How many are there?") + "\n");
    Dataset dataset = load(file, file, options -> options.put("max_question_chars", 9));
    assertThat(dataset.train()).extracting(Problem::question).containsExactly("How many?");
    assertThat(dataset.heldOut()).as("evaluation stays comparable").hasSize(2);
    assertThatThrownBy(() -> load(file, file, options -> options.put("max_question_chars", 8)))
        .hasMessageContaining("max_question_chars 8 leaves no problem of");
  }

  private static Dataset load(
      Path train, Path test, java.util.function.Consumer<ObjectNode> change) {
    ObjectNode options = JsonNodeFactory.instance.objectNode();
    options.put("train_file", train.toString()).put("test_file", test.toString());
    change.accept(options);
    return Datasets.load("gsm8k", options, 1, List.of());
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private Path zip(String name, String text, int cutOff) throws IOException {
    Path file = folder.resolve(name);
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    byte[] all = Files.readAllBytes(file);
    return Files.write(file, Arrays.copyOf(all, all.length - cutOff));
  }
}
