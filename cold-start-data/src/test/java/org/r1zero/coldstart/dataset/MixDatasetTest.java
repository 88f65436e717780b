package org.r1zero.coldstart.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.verify.Problem;

class MixDatasetTest {

  @TempDir Path folder;

  @Test
  void eachTaskHasItsShareOfEveryStep() throws IOException {
    Dataset mix =
        load(
            "{'tasks': [{'name': 'file', 'weight': 3, 'source': 'mine', 'options': {'path': '"
                + file("a.jsonl", 10, "A")
                + "', 'held_out': '"
                + file("h.jsonl", 4, "H")
                + "'}}, {'name': 'countdown', 'options': {'train': 20, 'held_out': 8}}]}");
    ShuffledProblems problems = new ShuffledProblems(mix, 1);
    Map<String, Integer> counts = new HashMap<>();
    IntStream.range(0, 400)
        .forEach(
            i ->
                counts.merge(problems.problemAt(i).field("data_source").asText(), 1, Integer::sum));
    assertThat(counts).isEqualTo(Map.of("mine", 300, "countdown", 100));
    assertThat(mix.heldOut()).hasSize(12);
    assertThat(
            mix.heldOut().subList(0, 4).stream()
                .map(p -> p.field("data_source").asText())
                .collect(Collectors.groupingBy(s -> s, Collectors.counting())))
        .as("the first held-out problems are of both")
        .isEqualTo(Map.of("mine", 3L, "countdown", 1L));
    assertThat(mix.notes()).anyMatch(note -> note.startsWith("mine: "));
  }

  @Test
  void idsDifferAndNothingIsTrainedOnThatAnotherHoldsOut() throws IOException {
    Files.createDirectory(folder.resolve("b"));
    Path first = file("x.jsonl", 6, "Q");
    Path second = file("b/x.jsonl", 3, "Q"); // the same questions as the first has, held out
    Path other = file("b/y.jsonl", 5, "R");
    Dataset mix =
        load(
            "{'tasks': [{'name': 'file', 'options': {'path': '"
                + first
                + "', 'held_out_share': 0}}, {'name': 'file', 'options': {'path': '"
                + other
                + "', 'held_out': '"
                + second
                + "'}}]}");
    assertThat(mix.train()).hasSize(3 + 5);
    assertThat(mix.notes())
        .anyMatch(note -> note.contains("3 problems to train on are held out by another data set"));
    Set<String> ids = new HashSet<>();
    for (Problem problem : mix.train()) {
      assertThat(ids.add(problem.id())).as(problem.id()).isTrue();
    }
    mix.heldOut().forEach(p -> assertThat(ids.add(p.id())).as(p.id()).isTrue());
    assertThat(mix.heldOut().get(0).field("data_source").asText()).isEqualTo("file");
  }

  @Test
  void saysWhichTaskIsWrong() {
    assertThatThrownBy(() -> load("{}")).hasMessageContaining("task.options.tasks must be a list");
    assertThatThrownBy(() -> load("{'tasks': [{'name': 'gsm'}]}"))
        .hasMessageContaining("task.options.tasks[0].name must be one of");
    assertThatThrownBy(() -> load("{'tasks': [{'name': 'countdown', 'options': {'train': -1}}]}"))
        .hasMessageContaining("task.options.tasks[0].options.train must be a whole number");
    assertThatThrownBy(() -> load("{'tasks': [{'name': 'countdown', 'weight': 0, 'wieght': 1}]}"))
        .hasMessageContaining("unknown key task.options.tasks[0].wieght")
        .hasMessageContaining("task.options.tasks[0].weight must be a number > 0");
  }

  private static Dataset load(String options) {
    return Datasets.load("mix", Options.json(options), 1, List.of());
  }

  private Path file(String name, int rows, String prefix) throws IOException {
    return Files.writeString(
        folder.resolve(name),
        IntStream.range(0, rows)
            .mapToObj(i -> "{\"question\": \"" + prefix + i + "?\", \"answer\": \"" + i + "\"}\n")
            .collect(Collectors.joining()));
  }
}
