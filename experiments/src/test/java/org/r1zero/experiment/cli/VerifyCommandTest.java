package org.r1zero.experiment.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class VerifyCommandTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  /** What a command came to. */
  @Test
  void comparesVerdictsWithWhatIsExpected() throws IOException {
    Path file =
        file(
            answer("a", "72", "<answer>72</answer>", 1),
            answer("b", "72", "<answer>71</answer>", 0),
            answer("c", "72", "<answer>72</answer>", 0),
            answer("d", "72", "seventy-two", 1),
            "{\"id\": \"e\", \"gold\": 72, \"completion\": \"<answer>72.0</answer>\"}");
    Path out = folder.resolve("verdicts.jsonl");
    Ran ran = run(file.toString(), "--verifier", "number", "--json", "--out", out.toString());
    assertThat(ran.code()).isZero();
    JsonNode json = JSON.readTree(ran.out());
    assertThat(json.path("records").asInt()).isEqualTo(5);
    assertThat(json.path("correct").asInt()).isEqualTo(3);
    assertThat(json.path("with_expected").asInt()).isEqualTo(4);
    assertThat(json.path("agreed").asInt()).isEqualTo(2);
    assertThat(json.path("agreement").asDouble()).isEqualTo(0.5);
    assertThat(json.path("false_positives").asInt()).isEqualTo(1);
    assertThat(json.path("false_negatives").asInt()).isEqualTo(1);
    assertThat(json.path("unparseable").asInt()).isEqualTo(1);
    assertThat(json.path("mean_score").asDouble()).isEqualTo(0.6);
    assertThat(json.path("verdicts_per_second").asDouble()).isPositive();
    List<String> verdicts = Files.readAllLines(out);
    assertThat(verdicts).hasSize(5);
    assertThat(verdicts.get(2))
        .isEqualTo(
            "{\"id\":\"c\",\"line\":3,\"score\":1.0,\"outcome\":\"correct\","
                + "\"reason\":\"equals the gold answer\",\"parts\":{},\"expected\":0,"
                + "\"agrees\":false}");
    assertThat(verdicts.get(4)).contains("\"id\":\"e\"").doesNotContain("agrees");
  }

  @Test
  void printsATable() throws IOException {
    Ran ran =
        run(file(answer("a", "72", "<answer>72</answer>", 1)).toString(), "--verifier", "number");
    assertThat(ran.code()).isZero();
    assertThat(ran.out())
        .contains("agreement with expected  1 of 1 (100.00 %)")
        .contains("false positives          0")
        .contains("timeouts                 0")
        .containsPattern("verdicts/s +\\d+");
  }

  @Test
  void readsGzippedFiles() throws IOException {
    Path file = folder.resolve("answers.jsonl.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(answer("a", "72", "<answer>72</answer>", 1).getBytes(StandardCharsets.UTF_8));
    }
    assertThat(run(file.toString(), "--verifier", "number").out())
        .contains("agreement with expected  1 of 1 (100.00 %)");
  }

  @Test
  void countsUnreadableLinesAndNamesThem() throws IOException {
    Path file =
        file(
            answer("a", "1", "<answer>1</answer>", 1),
            "{\"id\": \"b\", ",
            "",
            "[1]",
            "{\"id\": \"c\", \"gold\": \"1\"}",
            "{\"completion\": \"<answer>1</answer>\", \"gold\": \"1\", \"expected\": 0.5}",
            "{\"completion\": \"x\", \"gold\": \"1\"} {}",
            "{\"completion\": \"<answer>1</answer>\", \"gold\": \"1\", \"expected\": true}");
    Ran ran = run(file.toString(), "--verifier", "number", "--json");
    assertThat(ran.code()).isEqualTo(1);
    JsonNode json = JSON.readTree(ran.out());
    assertThat(json.path("records").asInt()).isEqualTo(2);
    assertThat(json.path("agreed").asInt()).isEqualTo(2);
    assertThat(json.path("unreadable").asInt()).isEqualTo(5);
    assertThat(json.path("unreadable_lines").toString()).isEqualTo("[2,4,5,6,7]");
    assertThat(ran.err())
        .contains("line 2: not JSON")
        .contains("line 4: expected a JSON object, found [1]")
        .contains("line 5: expected completion, a text, found nothing")
        .contains("line 6: expected must be 0 or 1, found 0.5");
  }

  @Test
  void survivesWhatIsNoUtf8AndHalfCharacters() throws IOException {
    Path file = folder.resolve("odd.jsonl");
    Files.write(
        file,
        "{\"id\": \"\\ud83d\", \"gold\": \"1\", \"completion\": \"\u00FF\\udc00\"}\n"
            .getBytes(StandardCharsets.ISO_8859_1));
    Path out = folder.resolve("out.jsonl");
    Ran ran = run(file.toString(), "--verifier", "number", "--out", out.toString());
    assertThat(ran.code()).isZero();
    assertThat(Files.readString(out)).contains("\"unparseable\"");
  }

  @Test
  void givesTheVerifierItsOptionsAndFields() throws IOException {
    Path file =
        file(
            "{\"id\": 1, \"numbers\": [2, 3], \"target\": 5, \"completion\":"
                + " \"<answer>2+3</answer>\", \"expected\": 1}",
            "{\"id\": 2, \"numbers\": [2, 3], \"target\": 2, \"completion\":"
                + " \"<answer>2</answer>\", \"expected\": 0}");
    String name = file.toString();
    Ran all = run(name, "--verifier", "countdown", "--options", "{\"use_all\": true}", "--json");
    assertThat(JSON.readTree(all.out()).path("agreed").asInt()).isEqualTo(2);
    Ran some = run(name, "--verifier", "countdown", "--json");
    assertThat(JSON.readTree(some.out()).path("false_positives").asInt()).isEqualTo(1);
  }

  @Test
  void keepsTheOrderOfALongFile() throws IOException {
    Path file =
        file(
            IntStream.range(0, 3000)
                .mapToObj(i -> answer("r" + i, "7", "<answer>" + i % 9 + "</answer>", 0))
                .toArray(String[]::new));
    Path out = folder.resolve("out.jsonl");
    Ran ran =
        run(file.toString(), "--verifier", "number", "--out", out.toString(), "--threads", "3");
    assertThat(ran.code()).isZero();
    List<String> ids =
        Files.readAllLines(out).stream()
            .map(line -> line.substring(7, line.indexOf("\",\"line")))
            .collect(Collectors.toList());
    assertThat(ids).hasSize(3000);
    for (int i = 0; i < ids.size(); i++) {
      assertThat(ids.get(i)).isEqualTo("r" + i);
    }
  }

  @Test
  void failsWhereTheVerifierFails() throws IOException {
    Ran ran =
        run(
            file(answer("a", "no number", "<answer>1</answer>", 1)).toString(),
            "--verifier",
            "number");
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("failed on 1 records; line 1:").contains("needs a gold");
  }

  @Test
  void failsBelowTheAgreementThatIsAskedFor() throws IOException {
    String file =
        file(answer("a", "1", "<answer>1</answer>", 1), answer("b", "1", "<answer>1</answer>", 0))
            .toString();
    assertThat(run(file, "--verifier", "number", "--min-agreement", "0.5").code()).isZero();
    Ran low = run(file, "--verifier", "number", "--min-agreement", "0.6");
    assertThat(low.code()).isEqualTo(1);
    assertThat(low.err()).contains("agreement 0.5000 is below 0.6");
  }

  @Test
  void refusesWrongUse() throws IOException {
    String file = file(answer("a", "1", "1", 1)).toString();
    assertThat(run(file).err()).contains("name a --verifier: ").contains("countdown, ");
    for (String[] args :
        List.of(
            new String[] {file},
            new String[] {"--verifier", "number"},
            new String[] {folder.resolve("missing.jsonl").toString(), "--verifier", "number"},
            new String[] {folder.toString(), "--verifier", "number"},
            new String[] {file, "--verifier", "nubmer"},
            new String[] {file, "--verifier", "number", "--options", "{"},
            new String[] {file, "--verifier", "number", "--options", "{\"percents\": 1}"},
            new String[] {file, "--verifier", "number", "--plugins", folder.toString()},
            new String[] {file, "--verifier", "number", "--out", file},
            new String[] {file, "--verifier", "number", "--threads", "0"},
            new String[] {file, "--verifier", "number", "--nonsense"})) {
      assertThat(run(args).code()).as(String.join(" ", args)).isEqualTo(2);
    }
    assertThat(run(file, "--verifier", "nubmer").err()).contains("did you mean 'number'?");
  }

  @Test
  void listsTheVerifiers() {
    Ran ran = run("--list");
    assertThat(ran.code()).isZero();
    assertThat(ran.out()).contains("countdown ", "format ", "language ", "external ");
  }

  private static Ran run(String... args) {
    String[] all = new String[args.length + 1];
    all[0] = "verify";
    System.arraycopy(args, 0, all, 1, args.length);
    return Ran.command(all);
  }

  private static String answer(String id, String gold, String completion, int expected) {
    return JSON.createObjectNode()
        .put("id", id)
        .put("gold", gold)
        .put("completion", completion)
        .put("expected", expected)
        .toString();
  }

  private Path file(String... lines) throws IOException {
    return Files.write(folder.resolve("answers.jsonl"), List.of(lines));
  }
}
