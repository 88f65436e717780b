package org.r1zero.coldstart.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.r1zero.coldstart.dataset.ArithmeticProblems.Split;
import org.r1zero.coldstart.dataset.ArithmeticProblems.Step;

/**
 * The cold starts of recipes/tools.yaml and recipes/guess.yaml, played half well and half badly:
 * what RL is to tell apart. {@code -Dr1zero.write=true} writes the files.
 */
class EnvironmentTracesTest {
  private static final Path FILES = Path.of("../recipes/data");
  private static final Path TOOL = FILES.resolve("tool-traces.jsonl");
  private static final Path GUESS = FILES.resolve("guess-traces.jsonl");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ANSWER = "\nAnswer:";
  private static final Pattern CALCULATION = Pattern.compile("(\\d+)([-+*])(\\d+)=(\\d+)");

  @Test
  void theFilesAreWhatTheGeneratorsMake() throws IOException {
    check(TOOL, 600, Map.of(TextKind.CALCULATED, 1, TextKind.ESTIMATED, 1));
    check(GUESS, 4000, Map.of(TextKind.GAME, 1));
  }

  @Test
  void noQuestionIsHeldOutAndEveryCalculationIsRight() throws IOException {
    int calculations = 0;
    for (String line : Files.readAllLines(TOOL)) {
      JsonNode trace = JSON.readTree(line);
      String prompt = trace.get("prompt").asText();
      assertThat(prompt).startsWith("Question: ").endsWith("\nAnswer:");
      String question = prompt.substring(10, prompt.length() - 8);
      assertThat(Split.of(question)).as(question).isEqualTo(Split.TRAIN);
      for (MatchResult m :
          CALCULATION.matcher(trace.get("completion").asText()).results().toList()) {
        Step step =
            new Step(
                Integer.parseInt(m.group(1)), m.group(2).charAt(0), Integer.parseInt(m.group(3)));
        assertThat(step.result()).isEqualTo(Integer.parseInt(m.group(4)));
        calculations++;
      }
    }
    assertThat(calculations).isGreaterThan(300);
  }

  private static void check(Path file, int count, Map<TextKind, Integer> shares)
      throws IOException {
    List<String> lines =
        Stream.generate(new SyntheticCorpus(new CorpusMix(shares), 17))
            .limit(count)
            .map(EnvironmentTracesTest::line)
            .toList();
    if (Boolean.getBoolean("r1zero.write")) {
      Files.write(file, lines);
    }
    assertThat(Files.readAllLines(file)).isEqualTo(lines);
  }

  private static String line(Document document) {
    int answer = document.text().indexOf(ANSWER) + ANSWER.length();
    return JSON.createObjectNode()
        .put("prompt", document.text().substring(0, answer))
        .put("completion", document.text().substring(answer))
        .toString();
  }
}
