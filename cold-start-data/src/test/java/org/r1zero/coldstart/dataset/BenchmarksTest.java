package org.r1zero.coldstart.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verifiers;

/** Benchmarks in the forms in which their owners publish them. */
class BenchmarksTest {
  private static final Path DATA = Path.of(System.getProperty("basedir", "."), "..", "data");

  /** The form of MATH-500's test.jsonl, with a problem of our own. */
  private static final String MATH =
      "{\"problem\": \"What is $\\\\frac{1}{2}$ of 6?\", \"solution\": \"Half of 6 is"
          + " $\\\\boxed{3}$.\", \"answer\": \"3\", \"subject\": \"Prealgebra\", \"level\": 2,"
          + " \"unique_id\": \"test/prealgebra/1.json\"}\n";

  /** The form of mbpp.jsonl, with a problem of our own. */
  private static final String MBPP =
      "{\"text\": \"Write a function to double a number.\", \"code\": \"def twice(x):\\r\\n  return"
          + " 2 * x\", \"task_id\": 1, \"test_setup_code\": \"\", \"test_list\": [\"assert twice(2)"
          + " == 4\", \"assert twice(-1) == -2\"], \"challenge_test_list\": []}\n";

  /** The form of sanitized-mbpp.json's records, one a line. */
  private static final String SANITIZED =
      "{\"source_file\": \"x\", \"task_id\": 2, \"prompt\": \"Write a function to double a"
          + " number.\", \"code\": \"def twice(x): return 2 * x\", \"test_imports\": [],"
          + " \"test_list\": [\"assert twice(2) == 4\"]}\n";

  /** The form of LiveCodeBench's test.jsonl, with problems of our own. */
  private static final String LIVE =
      "{\"question_title\": \"Twice\", \"question_content\": \"Print twice the number.\","
          + " \"platform\": \"atcoder\", \"question_id\": \"abc1_a\", \"contest_id\": \"abc1\","
          + " \"contest_date\": \"2024-07-31T00:00:00\", \"starter_code\": \"\", \"difficulty\":"
          + " \"easy\", \"public_test_cases\": \"[{\\\"input\\\": \\\"2\\\\n\\\", \\\"output\\\":"
          + " \\\"4\\\\n\\\", \\\"testtype\\\": \\\"stdin\\\"}]\", \"private_test_cases\": \"[]\","
          + " \"metadata\": \"{}\"}\n"
          + "{\"question_title\": \"Has\", \"question_content\": \"Is b in a?\", \"platform\":"
          + " \"leetcode\", \"question_id\": \"77\", \"contest_id\": \"w1\", \"contest_date\":"
          + " \"2024-08-01T00:00:00\", \"starter_code\": \"class Solution:\\n    def has(self, a,"
          + " b):\\n        \", \"difficulty\": \"hard\", \"public_test_cases\": \"[{\\\"input\\\":"
          + " \\\"[1]\\\\n1\\\", \\\"output\\\": \\\"true\\\", \\\"testtype\\\":"
          + " \\\"functional\\\"}]\", \"private_test_cases\": \"[]\", \"metadata\":"
          + " \"{\\\"func_name\\\": \\\"has\\\"}\"}\n";

  @TempDir private Path folder;

  @Test
  void aimeIsReadFromItsPublishedFile() {
    List<Problem> problems = load("aime", DATA.resolve("aime24/aime24.jsonl.gz")).heldOut();
    assertThat(problems).hasSize(30).allMatch(p -> p.gold().matches("\\d{1,3}"));
    assertThat(problems.get(0).question()).startsWith("Every morning Aya goes for a $9$-kilometer");
    assertThat(problems.get(0).gold()).isEqualTo("204");
    assertThat(problems.get(0).id()).isEqualTo("aime/60");
    assertThat(verdict("math", problems.get(0), "So it is \\boxed{204}."))
        .isEqualTo(Outcome.CORRECT);
  }

  @Test
  void humanEvalIsReadFromItsPublishedFile() {
    List<Problem> problems =
        load("humaneval", DATA.resolve("humaneval/HumanEval.jsonl.gz")).heldOut();
    assertThat(problems).hasSize(164);
    Problem first = problems.get(0);
    assertThat(first.id()).isEqualTo("humaneval/HumanEval/0");
    assertThat(first.question()).contains("def has_close_elements");
    assertThat(first.field("entry_point").asText()).isEqualTo("has_close_elements");
    assertThat(first.field("test").asText()).contains("def check(candidate)");
  }

  @Test
  void math500HasDifficultyAndSubject() throws IOException {
    Problem problem =
        load("math500", Files.writeString(folder.resolve("m.jsonl"), MATH)).heldOut().get(0);
    assertThat(problem.id()).isEqualTo("math500/test/prealgebra/1.json");
    assertThat(problem.gold()).isEqualTo("3");
    assertThat(problem.field("difficulty").asText()).isEqualTo("2");
    assertThat(problem.field("subject").asText()).isEqualTo("Prealgebra");
    assertThat(verdict("math", problem, "It is $3.0$.")).isEqualTo(Outcome.CORRECT);
  }

  @Test
  void mbppIsReadInBothPublishedForms() throws IOException {
    List<Problem> problems =
        load("mbpp", Files.writeString(folder.resolve("m.jsonl"), MBPP + SANITIZED)).heldOut();
    assertThat(problems).extracting(Problem::id).containsExactly("mbpp/1", "mbpp/2");
    assertThat(problems)
        .allMatch(p -> p.question().startsWith("Write a function to double a number."))
        .allMatch(p -> p.question().endsWith("assert twice(2) == 4") || p.id().equals("mbpp/1"));
    assertThat(problems.get(0).field("test_list")).hasSize(2);
  }

  @Test
  void liveCodeBenchAsksForProgramsAndMethods() throws IOException {
    List<Problem> problems =
        load("livecodebench", Files.writeString(folder.resolve("l.jsonl"), LIVE)).heldOut();
    assertThat(problems)
        .extracting(Problem::id)
        .containsExactly("livecodebench/abc1_a", "livecodebench/77");
    assertThat(problems.get(0).question())
        .startsWith("Print twice the number.\n\n")
        .contains("standard input");
    assertThat(problems.get(1).question())
        .startsWith("Is b in a?\n\n")
        .endsWith("```python\nclass Solution:\n    def has(self, a, b):\n```");
    assertThat(problems.get(1).field("difficulty").asText()).isEqualTo("hard");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'from': '2024-08-01'                        | livecodebench/77",
        "'until': '2024-07-31'                       | livecodebench/abc1_a",
        "'from': '2024-07-31', 'until': '2024-07-31' | livecodebench/abc1_a",
      })
  void liveCodeBenchIsCutByTheDaysOfItsContests(String days, String id) throws IOException {
    Path file = Files.writeString(folder.resolve("l.jsonl"), LIVE);
    String options = "{'path': '" + file + "', " + days + "}";
    assertThat(Datasets.load("livecodebench", Options.json(options), 1, List.of()).heldOut())
        .extracting(Problem::id)
        .containsExactly(id);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'from': '2025-01-01' | has no problems",
        "'from': 'August'     | task.options.from must be a day such as",
        "'from': '2024-99-99' | task.options.from must be a day such as",
        "'form': '2025-01-01' | unknown key task.options.form (did you mean 'from'?)",
      })
  void wrongDaysAreNamed(String days, String message) throws IOException {
    Path file = Files.writeString(folder.resolve("l.jsonl"), LIVE);
    String options = "{'path': '" + file + "', " + days + "}";
    assertThatThrownBy(() -> Datasets.load("livecodebench", Options.json(options), 1, List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aProblemWithoutAContestsDayIsAnErrorWhereDaysAreAsked() throws IOException {
    Path file = Files.writeString(folder.resolve("l.jsonl"), "{\"question_id\": \"1\"}\n");
    String options = "{'path': '" + file + "', 'from': '2024-08-01'}";
    assertThatThrownBy(() -> Datasets.load("livecodebench", Options.json(options), 1, List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(file + ":1: must have the text contest_date");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "math500   | {\"problem\": \"x\"}               | :1: must have the text answer",
        "aime      | {\"answer\": \"x\"}                | :1: must have the text problem",
        "humaneval | {\"task_id\": \"HumanEval/0\"}     | :1: must have the text test",
        "mbpp      | {\"task_id\": 1, \"text\": \"x\"}  | :1: must have test_list",
        "livecodebench | {\"question_id\": \"1\"} | :1: must have the text public_test_cases",
        "mbpp      | [1                                 | :1: is not JSON",
      })
  void anotherFormIsAnErrorThatNamesTheLine(String name, String line, String message)
      throws IOException {
    Path file = Files.writeString(folder.resolve("b.jsonl"), line + "\n");
    assertThatThrownBy(() -> load(name, file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(file + message);
  }

  @Test
  void aMissingFileSaysWhatToSet() {
    assertThatThrownBy(() -> load("math500", folder.resolve("none.jsonl")))
        .hasMessageContaining("set task.options.path to MATH-500's test.jsonl");
  }

  private static Dataset load(String name, Path path) {
    return Datasets.load(name, Options.json("{'path': '" + path + "'}"), 1, List.of());
  }

  private static Outcome verdict(String verifier, Problem problem, String completion) {
    return Verifiers.discover()
        .create(verifier, Options.json("{}"))
        .verify(problem, Completion.of(completion))
        .outcome();
  }
}
