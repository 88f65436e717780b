package org.r1zero.coldstart.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.coldstart.dataset.ArithmeticProblems.Split;
import org.r1zero.coldstart.dataset.ArithmeticProblems.Step;
import org.r1zero.verify.Problem;

class ArithmeticDatasetTest {
  /** What happens, and to how many: "gives Ana 5 more", "loses 5", "with 5 pens each". */
  private static final Pattern EVENT =
      Pattern.compile("(has|gives|buys|loses|finds|sells|with) (?:([A-Z]\\w+) )?(\\d+)");

  @Test
  void theGoldFollowsFromTheQuestion() {
    Dataset dataset = load("{'train': 2000, 'held_out': 200}", 5);
    Set<Integer> lengths = new TreeSet<>();
    for (Problem problem : both(dataset)) {
      List<Step> expected = read(problem.question());
      assertThat(ArithmeticProblems.steps(problem)).as(problem.question()).isEqualTo(expected);
      int value = expected.get(0).left();
      for (Step step : expected) {
        assertThat(step.left()).isEqualTo(value);
        value = step.result();
        assertThat(value).isBetween(0, 99);
      }
      assertThat(problem.gold()).isEqualTo(String.valueOf(value));
      assertThat(problem.field("difficulty").asInt()).isEqualTo(expected.size());
      lengths.add(expected.size());
    }
    assertThat(lengths).containsExactly(1, 2, 3);
  }

  @Test
  void noProblemIsInBothPartsWhateverTheSeeds() {
    Set<String> train = new HashSet<>();
    Set<String> heldOut = new HashSet<>();
    for (long seed = 0; seed < 6; seed++) {
      Dataset dataset = load("{'train': 2000, 'held_out': 500}", seed);
      dataset.train().forEach(p -> train.add(p.question()));
      dataset.heldOut().forEach(p -> heldOut.add(p.question()));
      assertThat(dataset.train()).hasSize(2000).doesNotHaveDuplicates();
      assertThat(dataset.heldOut()).hasSize(500).doesNotHaveDuplicates();
    }
    assertThat(heldOut).doesNotContainAnyElementsOf(train);
    assertThat(train).hasSizeGreaterThan(11_000);
  }

  @Test
  void aTenthOfAllTextsIsHeldOut() {
    long heldOut =
        IntStream.range(0, 10_000).filter(i -> Split.of("question " + i) == Split.HELD_OUT).count();
    assertThat(heldOut).isBetween(900L, 1100L);
  }

  @Test
  void idsAreUniqueAndBelongToTheQuestion() {
    Dataset dataset = load("{'train': 20000, 'held_out': 1000}", 1);
    assertThat(both(dataset).stream().map(Problem::id).distinct()).hasSize(21_000);
    assertThat(dataset.train()).allMatch(p -> p.id().matches("arithmetic/[0-9a-f]{16}"));
    assertThat(load("{}", 1).train().get(0)).isEqualTo(dataset.train().get(0));
  }

  @Test
  void seedsDecide() {
    assertThat(load("{'train': 50}", 1))
        .isEqualTo(load("{'train': 50}", 1))
        .isNotEqualTo(load("{'train': 50}", 2));
    assertThat(load("{}", 1).train()).hasSize(4000);
    assertThat(load("{}", 1).heldOut()).hasSize(1000);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void maxStepsBoundsTheSteps(int maxSteps) {
    Dataset dataset = load("{'train': 300, 'held_out': 30, 'max_steps': " + maxSteps + "}", 1);
    assertThat(dataset.train()).hasSize(300);
    assertThat(both(dataset).stream().mapToInt(p -> ArithmeticProblems.steps(p).size()).max())
        .hasValue(maxSteps);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'max_steps': 4} | task.options.max_steps must be <= 3, was 4",
        "{'max_steps': 0} | task.options.max_steps must be a whole number >= 1, was 0",
        "{'train': 'all'} | task.options.train must be a whole number",
        "{'test': 5} | unknown key task.options.test, known: held_out, limit, max_steps, train",
      })
  void wrongOptionsAreErrors(String options, String message) {
    assertThatThrownBy(() -> load(options, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  /** The steps by the words of the question alone. */
  private static List<Step> read(String question) {
    List<Step> steps = new ArrayList<>();
    Matcher event = EVENT.matcher(question);
    int value = -1;
    while (event.find()) {
      int number = Integer.parseInt(event.group(3));
      if (value < 0) {
        assertThat(event.group(1)).isEqualTo("has");
        value = number;
        continue;
      }
      char operator =
          switch (event.group(1)) {
            case "buys", "finds" -> '+';
            case "loses", "sells" -> '-';
            case "with" -> '*';
            case "gives" -> event.group(2) == null ? '-' : '+';
            default -> throw new IllegalArgumentException(event.group());
          };
      steps.add(new Step(value, operator, number));
      value = steps.get(steps.size() - 1).result();
    }
    assertThat(question.replaceAll("\\D+", " ").strip().split(" ", -1))
        .as("numbers in %s", question)
        .hasSize(steps.size() + 1);
    return steps;
  }

  private static Dataset load(String options, long seed) {
    return Datasets.load("arithmetic", Options.json(options), seed, List.of());
  }

  private static List<Problem> both(Dataset dataset) {
    List<Problem> all = new ArrayList<>(dataset.train());
    all.addAll(dataset.heldOut());
    return all;
  }
}
