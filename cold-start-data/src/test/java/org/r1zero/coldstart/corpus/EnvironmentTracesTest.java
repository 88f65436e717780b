package org.r1zero.coldstart.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.r1zero.coldstart.dataset.ArithmeticProblems;
import org.r1zero.coldstart.dataset.ArithmeticProblems.Split;
import org.r1zero.coldstart.dataset.ArithmeticProblems.Step;
import org.r1zero.coldstart.dataset.Datasets;
import org.r1zero.coldstart.prompt.PlainPrompt;
import org.r1zero.verify.Problem;

/**
 * The cold starts of recipes/tools.yaml and recipes/guess.yaml, played half well and half badly:
 * what RL is to tell apart. {@code -Dr1zero.write=true} writes the files.
 */
class EnvironmentTracesTest {
  private static final int HIGHEST = 30;
  private static final Path FILES = Path.of("../recipes/data");
  private static final Path TOOL = FILES.resolve("tool-traces.jsonl");
  private static final Path GUESS = FILES.resolve("guess-traces.jsonl");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNode GAME = JSON.createObjectNode().put("high", HIGHEST);
  private static final PlainPrompt PROMPT = PlainPrompt.defaults();
  private static final Pattern CALCULATION = Pattern.compile("(\\d+)([-+*])(\\d+)=(\\d+)");
  private static final int TURNS = 5;

  @Test
  void theFilesAreWhatTheGeneratorsMake() throws IOException {
    Random random = new Random(17);
    check(TOOL, 600, () -> calculated(random));
    Problem guess = Datasets.load("guess", GAME, 1, List.of()).train().get(0);
    check(GUESS, 4000, () -> guessed(guess, random));
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

  private static void check(Path file, int count, Supplier<String> line) throws IOException {
    List<String> lines = new ArrayList<>();
    while (lines.size() < count) {
      lines.add(line.get());
    }
    if (Boolean.getBoolean("r1zero.write")) {
      Files.write(file, lines);
    }
    assertThat(Files.readAllLines(file)).isEqualTo(lines);
  }

  /** Calculates step by step on numbers of up to three digits, or guesses. */
  private static String calculated(Random random) {
    Problem problem = ArithmeticProblems.next(random, Split.TRAIN, 1000);
    TraceWriter trace = new TraceWriter(ArithmeticProblems.steps(problem), random);
    return line(
        problem,
        random.nextBoolean()
            ? SyntheticCorpus.tagged(trace.steps(Phrases.ENGLISH), trace.answer())
            : " <answer> " + trace.guess() + " </answer>");
  }

  /** Guesses at random: between the bounds that are known by then, or anywhere. */
  private static String guessed(Problem problem, Random random) {
    boolean remembers = random.nextBoolean();
    int secret = 1 + random.nextInt(HIGHEST);
    int low = 1;
    int high = HIGHEST;
    StringBuilder said = new StringBuilder(" ");
    for (int turn = 0; turn < TURNS; turn++) {
      int guess = remembers ? low + random.nextInt(high - low + 1) : 1 + random.nextInt(HIGHEST);
      said.append(guess).append('?');
      if (guess == secret) {
        break;
      }
      said.append(guess < secret ? "\nhigher\n" : "\nlower\n");
      low = guess < secret ? Math.max(low, guess + 1) : low;
      high = guess > secret ? Math.min(high, guess - 1) : high;
    }
    return line(problem, said.toString());
  }

  private static String line(Problem problem, String completion) {
    return JSON.createObjectNode()
        .put("prompt", PROMPT.render(problem))
        .put("completion", completion)
        .toString();
  }
}
