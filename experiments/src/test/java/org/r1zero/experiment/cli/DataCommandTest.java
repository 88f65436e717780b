package org.r1zero.experiment.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataCommandTest {

  @TempDir Path folder;

  @Test
  void showsWhatAFileIsReadAs() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("q.jsonl"),
            """
            {"question": "What is 1+1?", "answer": "1+1=2\\n#### 2", "level": 1}
            {"question": "What is  1+1?", "answer": "#### 2"}
            {"question": "What is 2+5?", "answer": "#### 7"}
            {"question": "What is 3+5?", "answer": "#### 8"}
            not a row
            """);
    Ran ran =
        Ran.command(
            "data",
            file.toString(),
            "--set",
            "task.options.held_out_share=0",
            "--set",
            "task.options.max_bad_share=0.3");
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out().lines())
        .contains("4 rows; lines that hold no row: 1")
        .anyMatch(line -> line.matches("  question +4  \"What is 1\\+1\\?\""))
        .anyMatch(line -> line.matches("  level +1  1"))
        .anyMatch(line -> line.matches("problems +4 +0"))
        .anyMatch(line -> line.matches("repeated questions +1 +0"))
        .contains("0 questions are in both parts", "--- q.jsonl:1", "--- gold: 2")
        .anyMatch(line -> line.contains("q.jsonl:5: "))
        .allMatch(line -> line.length() <= 80 || line.startsWith("  /") || line.contains("column"));
  }

  @Test
  void showsARecipesDataAsJson() throws IOException {
    Path recipe =
        Files.writeString(
            folder.resolve("r.yaml"),
            """
            task:
              name: mix
              options:
                tasks:
                  - {name: countdown, options: {train: 10, held_out: 5}}
                  - {name: arithmetic, options: {train: 20, held_out: 5}}
            """);
    Ran ran = Ran.command("data", recipe.toString(), "--json", "--prompts", "1");
    assertThat(ran.code()).as(ran.err()).isZero();
    JsonNode json = ran.json();
    assertThat(json.at("/training/problems").asInt()).isEqualTo(30);
    assertThat(json.at("/held_out/problems").asInt()).isEqualTo(10);
    assertThat(json.at("/sources/countdown").asInt()).isEqualTo(15);
    assertThat(json.at("/training/longest").asInt()).isGreaterThan(10);
    assertThat(json.at("/first/0/prompt").asText()).isNotEmpty();
  }

  @Test
  void showsColumnsEvenWhereNoneFits() throws IOException {
    Path file = Files.writeString(folder.resolve("q.jsonl"), "{\"frage\": \"?\", \"x\": 1}\n");
    Ran ran = Ran.command("data", file.toString());
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.out()).contains("frage");
    assertThat(ran.err()).contains("q.jsonl").contains("frage");
    assertThat(Ran.command("data", folder.resolve("none.jsonl").toString()).code()).isEqualTo(2);
  }

  @Test
  void manyRepeatedQuestionsAreAWarning() throws IOException {
    String row = "{\"question\": \"What is %s?\", \"answer\": \"%d\"}\n";
    StringBuilder same = new StringBuilder();
    StringBuilder different = new StringBuilder();
    for (int i = 0; i < 12; i++) {
      same.append(String.format(Locale.ROOT, row, "it", i));
      different.append(String.format(Locale.ROOT, row, i + "+1", i + 1));
    }
    Path few = Files.writeString(folder.resolve("same.jsonl"), same);
    Path many = Files.writeString(folder.resolve("different.jsonl"), different);
    assertThat(Ran.command("data", few.toString()).out())
        .contains("warning: most questions repeat");
    assertThat(Ran.command("data", many.toString()).out()).doesNotContain("warning");
  }

  @Test
  void theSameQuestionWithAnotherGoldIsAWarning() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("q.jsonl"),
            """
            {"question": "What is 1+1?", "answer": "2"}
            {"question": "What is 2+2?", "answer": "4"}
            {"question": "What is 3+3?", "answer": "6"}
            {"question": "What is 2+2?", "answer": "5"}
            {"question": "What is 3+3?", "answer": "6"}
            """);
    Ran ran = Ran.command("data", file.toString(), "--set", "task.options.held_out_share=0");
    assertThat(ran.out().lines())
        .anyMatch(line -> line.matches("repeated questions +2 +0"))
        .anyMatch(line -> line.matches("  with another gold +1 +0"))
        .contains("  warning: the golds differ, first of q.jsonl:4 and q.jsonl:2");
  }

  @Test
  void aNegativeNumberOfPromptsIsAFault() {
    Ran ran = Ran.command("data", "recipes/own-data.yaml", "--prompts", "-1");
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("--prompts").contains("must be >= 0, was -1");
  }
}
