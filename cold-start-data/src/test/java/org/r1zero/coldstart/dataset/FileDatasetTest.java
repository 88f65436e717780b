package org.r1zero.coldstart.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.r1zero.coldstart.prompt.Conversation;
import org.r1zero.coldstart.prompt.PlainPrompt;
import org.r1zero.verify.Problem;

class FileDatasetTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "trl | {'prompt': 'What is 8*9?', 'solution': 'It is \\\\boxed{72}.', 'n': 3}",
        "trl | {'prompt': [{'role': 'user', 'content': 'What is 8*9?'}], 'answer': 72}",
        "verl | {'data_source': 'x', 'prompt': [{'role': 'user', 'content': 'What is 8*9?'}],"
            + " 'reward_model': {'style': 'rule', 'ground_truth': '72'}, 'extra_info': {'index': 0}}",
        "verl | {'prompt': [{'role': 'user', 'content': 'What is 8*9?'}],"
            + " 'reward_model': {'ground_truth': ['72']}}",
        "openrlhf | {'input': 'What is 8*9?', 'label': '72', 'datasource': 'x'}",
        "openrlhf | {'context_messages': [{'from': 'human', 'value': 'What is 8*9?'}], 'answer': '72'}",
        "skyrl | {'data_source': 'x', 'env_class': 'gsm8k', 'prompt': [{'role': 'user', 'content':"
            + " 'What is 8*9?'}], 'reward_spec': {'method': 'rule', 'ground_truth': '72'}}",
        "nemo_rl | {'problem': 'What is 8*9?', 'expected_answer': '72'}",
        "nemo_rl | {'messages': [{'role': 'user', 'content': 'What is 8*9?'},"
            + " {'role': 'assistant', 'content': '#### 72'}]}",
        "open_r1 | {'problem': 'What is 8*9?', 'solution': 'so $\\\\boxed{72}$', 'messages': []}",
      })
  void readsEachTrainersFormByNameAndByItself(String form, String row) throws IOException {
    Path file = write("data.jsonl", row.replace('\'', '"') + "\n");
    for (String named : List.of("auto", form)) {
      Problem problem = load("{'path': '" + file + "', 'form': '" + named + "'}").train().get(0);
      assertThat(problem.question()).isEqualTo("What is 8*9?");
      assertThat(problem.gold()).isEqualTo("72");
      assertThat(problem.id()).isEqualTo("data.jsonl:1");
      if (row.contains("'x'")) {
        assertThat(problem.field("data_source").asText()).isEqualTo("x");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "a.jsonl",
    "a.ndjson",
    "a.json",
    "line.json",
    "a.csv",
    "a.tsv",
    "a.parquet",
    "a.jsonl.gz",
    "a.json.gz",
    "a.csv.gz",
    "a.parquet.gz",
    "lines.json",
    "keyed.json",
    "columns.json"
  })
  void everyFormatGivesTheSameProblems(String name) throws IOException {
    String one = "{\"question\": \"1, \\\"one\\\"?\\nor é\", \"answer\": \"1\"}";
    String two = "{\"question\": \"two\", \"answer\": \"2\"}";
    String list = "[" + one + ",\n" + two + "]";
    String table = "question,answer\n\"1, \"\"one\"\"?\nor é\",1\ntwo,2\n";
    String plain = name.replace(".gz", "");
    byte[] bytes =
        switch (plain) {
          case "a.json" -> utf8("\uFEFF" + list);
          case "line.json" -> utf8(list.replace(",\n", ", "));
          case "keyed.json" -> utf8("{\"version\": 1, \"data\": " + list + "}");
          case "columns.json" ->
              utf8(
                  "{\"question\": {\"0\": \"1, \\\"one\\\"?\\nor é\", \"1\": \"two\"},"
                      + " \"answer\": {\"0\": \"1\", \"1\": \"2\"}}");
          case "a.csv" -> utf8(table);
          case "a.tsv" ->
              utf8(table.replace("n,a", "n\ta").replace("\",1", "\"\t1").replace("o,2", "o\t2"));
          case "a.parquet" -> parquet();
          default -> utf8(one + "\n" + two + "\n");
        };
    Path file = folder.resolve(name);
    if (name.endsWith(".gz")) {
      try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
        out.write(bytes);
      }
    } else {
      Files.write(file, bytes);
    }
    Dataset dataset = load("{'path': '" + file + "', 'held_out_share': 0}");
    assertThat(dataset.train())
        .extracting(Problem::question)
        .containsExactly("1, \"one\"?\nor é", "two");
    assertThat(dataset.train()).extracting(Problem::gold).containsExactly("1", "2");
  }

  private byte[] parquet() throws IOException {
    MessageType schema =
        MessageTypeParser.parseMessageType(
            "message m { optional binary question (STRING); optional binary answer (STRING); }");
    Path file = folder.resolve("made.parquet");
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new LocalOutputFile(file)).withType(schema).build()) {
      writer.write(
          new SimpleGroup(schema).append("question", "1, \"one\"?\nor é").append("answer", "1"));
      writer.write(new SimpleGroup(schema).append("question", "two").append("answer", "2"));
    }
    byte[] bytes = Files.readAllBytes(file);
    Files.delete(file);
    return bytes;
  }

  @Test
  void systemPromptAndFewShotTurnsAreKept() throws IOException {
    String row =
        "{'prompt': [{'role': 'system', 'content': 'Be brief.'}, {'role': 'user', 'content': '1+1?'},"
            + " {'role': 'assistant', 'content': '2'}, {'role': 'user', 'content': [{'type': 'text',"
            + " 'text': '2+2?'}]}], 'answer': '4'}";
    Path file = write("a.jsonl", row.replace('\'', '"'));
    Problem problem = load("{'path': '" + file + "'}").train().get(0);
    assertThat(problem.question()).isEqualTo("2+2?");
    assertThat(Conversation.of(problem)).hasSize(4);
    assertThat(PlainPrompt.defaults().render(problem))
        .isEqualTo("Be brief.\n\nQuestion: 1+1?\nAnswer: 2\n\nQuestion: 2+2?\nAnswer:");
  }

  @Test
  void anAnswerThatIsAnObjectGivesItsFieldsToTheVerifier() throws IOException {
    Path file =
        write(
            "a.jsonl",
            "{\"prompt\": \"Reach 98.\", \"reward_model\": {\"ground_truth\": {\"target\": 98,"
                + " \"numbers\": [44, 19, 35]}}}");
    Problem problem = load("{'path': '" + file + "'}").train().get(0);
    assertThat(problem.gold()).isEmpty();
    assertThat(problem.field("target").asInt()).isEqualTo(98);
    assertThat(problem.field("numbers")).hasSize(3);
  }

  @Test
  void theSameQuestionIsNeverInBothParts() throws IOException {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 2000; i++) {
      rows.append("{\"question\": \"What is ").append(i % 1000).append("?\", \"answer\": 1}\n");
    }
    Path file = write("a.jsonl", rows.toString());
    Dataset dataset = load("{'path': '" + file + "', 'held_out_share': 0.2}");
    assertThat(dataset.heldOut()).hasSizeBetween(320, 480);
    List<String> held = dataset.heldOut().stream().map(Problem::question).distinct().toList();
    assertThat(dataset.train()).noneMatch(p -> held.contains(p.question()));
    Dataset named =
        load(
            "{'path': '"
                + file
                + "', 'held_out': '"
                + write("b.csv", "question,answer\nwhat is  5?,1\n")
                + "'}");
    assertThat(named.train()).hasSize(1998);
    assertThat(named.notes().toString()).contains("2 problems to train on are held out as well");
  }

  @Test
  void aFolderOfShardsIsSplitByItsFilesNames() throws IOException {
    Files.createDirectories(folder.resolve("set/data"));
    for (String part :
        List.of("train-00000-of-00002", "train-00001-of-00002", "test-00000-of-00001")) {
      write("set/data/" + part + ".jsonl", "{\"question\": \"" + part + "?\", \"answer\": 1}\n");
    }
    write("set/README.md", "no data");
    write("set/more.csv", "question,answer\nmore?,1\n");
    Dataset dataset = load("{'path': '" + folder.resolve("set") + "'}");
    assertThat(dataset.train()).hasSize(2);
    assertThat(dataset.heldOut())
        .extracting(Problem::question)
        .containsExactly("test-00000-of-00001?");
    assertThat(dataset.notes())
        .contains("not read, by their names (1): " + folder.resolve("set/more.csv"));
  }

  @Test
  void badRowsAreCountedNamedAndLimited() throws IOException {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      rows.add("{\"question\": \"q" + i + "\", \"answer\": \"" + i + "\"}");
    }
    rows.set(6, "{\"question\": ");
    rows.set(8, "{\"question\": \"  \", \"answer\": \"1\"}");
    rows.set(9, "{\"question\": \"q\", \"answer\": null}");
    Path file = write("a.jsonl", String.join("\n", rows));
    Dataset dataset = load("{'path': '" + file + "'}");
    assertThat(dataset.train().size() + dataset.heldOut().size()).isEqualTo(297);
    assertThat(dataset.spare()).isZero();
    assertThat(dataset.notes().toString())
        .contains(
            "3 of 300 rows", "a.jsonl:7: is not JSON", "a.jsonl:9: it has no text in question")
        .contains("a.jsonl:10: it has no answer in answer");
    assertThatThrownBy(() -> load("{'path': '" + file + "', 'max_bad_share': 0.005}"))
        .hasMessageContainingAll(
            "3 of 300 rows can't be used, more than", "a.jsonl:7:", "a.jsonl:10:");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a.jsonl | {'q': 1} | {} | there is no column of questions",
        "a.jsonl | {'question': 'a', 'answr': 1} | 'answer': 'answer' | did you mean 'answr'?",
        "a.jsonl | {'question': 'a', 'answer': '5'} | 'answer_rule': 'hashes' | its answer has no ####",
        "a.jsonl | {'prompt': [{'role': 'robot', 'content': 'a'}]} | {} | must have a role of",
        "a.jsonl | {'prompt': [{'role': 'user', 'content': [{'type': 'image'}]}]} | {} | is not a text",
        "a.json | [{'question': 'a'}, | {} | a.json:2: is not JSON",
        "a.json | 5 | {} | must be a list of objects",
        "a.parquet | no | {} | a.parquet: is not a readable Parquet file",
        "a.csv | question,answer;a,b,c | {} | has 3 cells, its header 2 columns",
        "a.csv | question,question;a,b | {} | the header must name each column once",
        "a.csv | question,answer;'a,b | {} | can't be read as CSV",
        "a.txt | a | {} | its name must end in",
        "a.jsonl.gz | {} | {} | its name ends in .gz",
      })
  void brokenFilesAreNamed(String name, String text, String option, String message)
      throws IOException {
    Path file = write(name, text.replace('\'', '"').replace(';', '\n') + "\n");
    String more = option.equals("{}") ? "" : ", " + option;
    assertThatThrownBy(() -> load("{'path': '" + file + "'" + more + "}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void optionsAreChecked() {
    assertThatThrownBy(() -> load("{'pathh': 'x', 'form': 'verll', 'held_out_share': 1}"))
        .hasMessageContainingAll(
            "path must name a file", "did you mean 'path'?", "form must be one of", "[0, 1)");
    assertThatThrownBy(() -> load("{'path': []}")).hasMessageContaining("path must name a file");
    for (String blank : List.of("''", "' '", "['']", "['a.jsonl', '']")) {
      assertThatThrownBy(() -> load("{'path': " + blank + "}"))
          .hasMessageContaining(
              "task.options.path must be a text or a list of texts, none of them");
    }
    assertThatThrownBy(() -> load("{'path': '" + folder.resolve("none.jsonl") + "'}"))
        .hasMessageContaining("there is no such file or folder");
  }

  private static Dataset load(String options) {
    return Datasets.load("file", Options.json(options), 1, List.of());
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
