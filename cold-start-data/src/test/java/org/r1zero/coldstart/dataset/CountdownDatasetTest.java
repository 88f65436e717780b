package org.r1zero.coldstart.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.Verifiers;

class CountdownDatasetTest {

  @Test
  void everyProblemHasASolutionWithAllItsNumbers() {
    Verifier verifier = Verifiers.discover().create("countdown", Options.json("{'use_all': true}"));
    Dataset dataset = load("{'train': 150, 'held_out': 50, 'max_numbers': 5}", 7);
    for (Problem problem : both(dataset)) {
      List<Term> terms = new ArrayList<>();
      numbers(problem).forEach(n -> terms.add(new Term(n, String.valueOf(n))));
      String solution = solve(terms, problem.field("target").asInt());
      assertThat(solution).as(problem.question()).isNotEmpty();
      Completion answer = Completion.of("<answer>" + solution + "</answer>");
      assertThat(verifier.verify(problem, answer).outcome()).isEqualTo(Outcome.CORRECT);
    }
  }

  @Test
  void keepsWithinItsOptions() {
    Dataset dataset =
        load(
            "{'train': 300, 'held_out': 20, 'min_numbers': 2, 'max_numbers': 3, 'max_number': 12}",
            1);
    assertThat(dataset.train()).hasSize(300);
    assertThat(dataset.heldOut()).hasSize(20);
    Set<Integer> counts = new HashSet<>();
    for (Problem problem : both(dataset)) {
      List<Integer> numbers = numbers(problem);
      counts.add(numbers.size());
      assertThat(numbers).allMatch(n -> n >= 1 && n <= 12);
      assertThat(problem.field("target").asInt()).isBetween(1, 1000);
      assertThat(problem.field("difficulty").asInt()).isEqualTo(numbers.size());
      assertThat(problem.question())
          .isEqualTo(
              "Using the numbers "
                  + numbers
                  + ", create an equation that equals "
                  + problem.field("target")
                  + ". You can use basic arithmetic operations (+, -, *, /) and each number can"
                  + " only be used once. Give the final equation, such as (1 + 2) / 3, as the"
                  + " answer.");
    }
    assertThat(counts).containsExactlyInAnyOrder(2, 3);
  }

  /** The same numbers in another order are the same problem. */
  @Test
  void noProblemOccursTwice() {
    Dataset dataset = load("{'train': 2000, 'held_out': 500, 'max_number': 20}", 3);
    Set<String> seen = new HashSet<>();
    for (Problem problem : both(dataset)) {
      String key = numbers(problem).stream().sorted().toList() + "=" + problem.field("target");
      assertThat(seen.add(key)).as(key).isTrue();
      assertThat(problem.id()).isEqualTo("countdown/" + key);
    }
  }

  @Test
  void seedsDecide() {
    String options = "{'train': 50, 'held_out': 10}";
    assertThat(load(options, 1)).isEqualTo(load(options, 1)).isNotEqualTo(load(options, 2));
  }

  @Test
  @Timeout(20)
  void tooFewPossibleProblemsIsAClearError() {
    assertThatThrownBy(() -> load("{'max_number': 2, 'max_numbers': 3}", 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching(
            "task.options allow only some \\d+ different problems, but train and held_out ask for"
                + " 4500; ask for fewer, or raise max_numbers or max_number");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'min_numbers': 1} | min_numbers <= max_numbers <= 8, were 1 and 4",
        "{'min_numbers': 4, 'max_numbers': 3} | were 4 and 3",
        "{'max_numbers': 9} | were 3 and 9",
        "{'max_number': 2147483647} | max_number must be <= 1000, was 2147483647",
        "{'held_out': 0} | held_out must be a whole number >= 1",
        "{'trian': 5} | unknown key task.options.trian",
      })
  void wrongOptionsAreErrors(String options, String message) {
    assertThatThrownBy(() -> load(options, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void wrongOptionsAreNamedAllAtOnce() {
    assertThatThrownBy(() -> load("{'max_numbers': 9, 'max_number': 1001, 'x': 1}", 1))
        .hasMessageContainingAll("max_numbers", "max_number must be", "options.x");
  }

  private static Dataset load(String options, long seed) {
    return Datasets.load("countdown", Options.json(options), seed, List.of());
  }

  private static List<Problem> both(Dataset dataset) {
    List<Problem> all = new ArrayList<>(dataset.train());
    all.addAll(dataset.heldOut());
    return all;
  }

  private static List<Integer> numbers(Problem problem) {
    List<Integer> numbers = new ArrayList<>();
    problem.field("numbers").forEach(n -> numbers.add(n.asInt()));
    return numbers;
  }

  private record Term(int value, String text) {}

  /** Tries everything: an expression over all terms with whole results, or an empty text. */
  private static String solve(List<Term> terms, int target) {
    if (terms.size() == 1) {
      return terms.get(0).value() == target ? terms.get(0).text() : "";
    }
    for (int i = 0; i < terms.size(); i++) {
      for (int j = 0; j < terms.size(); j++) {
        if (i != j) {
          int first = i;
          int second = j;
          List<Term> rest =
              IntStream.range(0, terms.size())
                  .filter(k -> k != first && k != second)
                  .mapToObj(terms::get)
                  .toList();
          for (Term joined : join(terms.get(i), terms.get(j))) {
            List<Term> next = new ArrayList<>(rest);
            next.add(joined);
            String solution = solve(next, target);
            if (!solution.isEmpty()) {
              return solution;
            }
          }
        }
      }
    }
    return "";
  }

  private static List<Term> join(Term a, Term b) {
    List<Term> results = new ArrayList<>();
    results.add(new Term(a.value() + b.value(), "(" + a.text() + "+" + b.text() + ")"));
    results.add(new Term(a.value() - b.value(), "(" + a.text() + "-" + b.text() + ")"));
    results.add(new Term(a.value() * b.value(), "(" + a.text() + "*" + b.text() + ")"));
    if (b.value() != 0 && a.value() % b.value() == 0) {
      results.add(new Term(a.value() / b.value(), "(" + a.text() + "/" + b.text() + ")"));
    }
    return results;
  }
}
