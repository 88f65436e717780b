package org.r1zero.coldstart.curate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.r1zero.grpo.model.tokenizer.Message;

class CuratorTest {

  @Test
  void eachFilterIsCountedAndOnlyWhatPassesAllIsLeft() {
    List<Candidate> traces = new ArrayList<>();
    traces.add(trace("p1", 1, "unique red fox jumps over seven lazy dogs", true, true));
    traces.add(trace("p2", 1, "another one entirely about cold green apples", false, true));
    traces.add(trace("p3", 2, "some third text that nobody has seen before", true, false));
    CurationConfig config = new CurationConfig(0, 1, 1, 0, 0.8, 13);
    Selection selection = new Curator(config, List.of(), 1).choose(traces);
    assertThat(selection.left().keySet())
        .containsExactly(
            "read",
            "format",
            "language",
            "decontaminated",
            "near_duplicates",
            "balanced_by_problem",
            "balanced_by_difficulty");
    assertThat(selection.left().values()).containsExactly(3, 2, 1, 1, 1, 1, 1);
    assertThat(selection.examples()).extracting(Example::problem).containsExactly("p1");
  }

  @Test
  void plantedOverlapsOfThirteenWordsAreDroppedAndTwelveAreKept() {
    String held = "a b c d e f g h i j k l m n o p";
    Decontaminator overlap = new Decontaminator(List.of(held, "Short one?"), 13);
    assertThat(overlap.overlaps("x C d e, f g h i j k l m n O! y")).isTrue();
    assertThat(overlap.overlaps("x c d e f g h i j k l m n y")).isFalse();
    assertThat(overlap.overlaps("short ONE")).isTrue();
    assertThat(overlap.overlaps("another short one with more words")).isFalse();
    assertThatThrownBy(() -> new Decontaminator(List.of(), 0)).hasMessageContaining("was 0");
  }

  @Test
  void aShortHeldOutTextIsFoundWithinALongerOneFromEightWordsOn() {
    Decontaminator overlap =
        new Decontaminator(List.of("a b c d e f g h i", "one two three four five six seven"), 13);
    assertThat(overlap.overlaps("Question: A b c d e f g h i? Answer:")).isTrue();
    assertThat(overlap.overlaps("Question: a b c d e f g h. Answer:")).isFalse();
    assertThat(overlap.overlaps("x one two three four five six seven y")).isFalse();
    assertThat(overlap.overlaps("one two three four five six seven")).isTrue();
  }

  @Test
  void plantedOverlapsAreDroppedWhereverTheyStandInATrace() {
    String held = "h1 h2 h3 h4 h5 h6 h7 h8 h9 h10 h11 h12 h13 h14";
    String clean = "some clean text of this place that nobody holds out for any reason at all";
    List<Message> turns =
        List.of(new Message("user", "first " + held), new Message("assistant", clean));
    List<Message> last = List.of(turns.get(0), turns.get(1), new Message("user", clean));
    List<Candidate> traces =
        List.of(
            new Candidate(new Example("ok", 1, "1 " + clean, List.of(), "yes"), clean, Map.of()),
            new Candidate(new Example("asked", 1, clean, List.of(), "yes"), held, Map.of()),
            new Candidate(new Example("prompt", 1, "Q " + held, List.of(), "y"), clean, Map.of()),
            new Candidate(new Example("said", 1, clean, List.of(), "y " + held), clean, Map.of()),
            new Candidate(new Example("turn", 1, "", last, "yes"), clean, Map.of()));
    CurationConfig config = new CurationConfig(0, 1, 9, 0, 0, 13);
    Selection selection = new Curator(config, List.of(held), 1).choose(traces);
    assertThat(selection.examples()).extracting(Example::problem).containsExactly("ok");
    assertThat(selection.left()).containsEntry("decontaminated", 1);
  }

  @Test
  void plantedNearDuplicatesAreFoundAndDifferentTextsAreNot() {
    Random random = new Random(5);
    NearDuplicates seen = new NearDuplicates(0.7, 9);
    int found = 0;
    int wrong = 0;
    for (int i = 0; i < 300; i++) {
      List<String> words = new ArrayList<>();
      for (int j = 0; j < 80; j++) {
        words.add("w" + random.nextInt(100_000));
      }
      wrong += seen.addIfNew(String.join(" ", words)) ? 0 : 1;
      words.set(10 + random.nextInt(60), "changed"); // 3 of 78 runs differ: similarity 0.93
      found += seen.addIfNew(String.join(" ", words)) ? 0 : 1;
    }
    assertThat(found).as("recall of 300 planted").isGreaterThanOrEqualTo(297);
    assertThat(wrong).isZero();
  }

  @Test
  void problemsAndDifficultiesAreBalanced() {
    List<Candidate> traces = new ArrayList<>();
    Random random = new Random(1);
    for (int i = 0; i < 60; i++) {
      int difficulty = i < 40 ? 1 : i < 55 ? 2 : 3;
      traces.add(trace("p" + i / 2, difficulty, "text " + random.nextLong(), true, true));
    }
    CurationConfig config = new CurationConfig(0, 1, 1, 15, 0, 0);
    List<Example> chosen = chosen(config, 3, traces);
    assertThat(chosen).hasSize(15);
    assertThat(chosen).extracting(Example::problem).doesNotHaveDuplicates();
    assertThat(chosen.stream().filter(e -> e.difficulty() == 3)).hasSizeBetween(2, 3);
    assertThat(chosen.stream().filter(e -> e.difficulty() == 1)).hasSizeLessThanOrEqualTo(7);
    assertThat(chosen(config, 3, traces)).isEqualTo(chosen);
    assertThat(chosen(config, 4, traces)).isNotEqualTo(chosen);
  }

  @Test
  void theOrderOfTracesDependsOnTheirWordsAloneAndNotOnWhatStandsBesideThem() {
    List<Candidate> traces = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      traces.add(trace("p" + i, 1, "text " + i, true, true));
    }
    CurationConfig all = new CurationConfig(0, 1, 1, 0, 0, 0);
    List<Example> chosen = chosen(all, 3, traces);
    Collections.reverse(traces);
    assertThat(chosen(all, 3, traces)).isEqualTo(chosen);
    List<Example> half = new ArrayList<>(chosen);
    List<Candidate> some = traces.subList(0, 25);
    half.removeIf(e -> some.stream().noneMatch(trace -> e.equals(trace.example())));
    assertThat(chosen(all, 3, some)).isEqualTo(half).hasSize(25);
  }

  private static List<Example> chosen(CurationConfig config, long seed, List<Candidate> traces) {
    List<Example> chosen = new ArrayList<>();
    new Curator(config, List.of(), seed).choose(traces).examples().forEach(chosen::add);
    return chosen;
  }

  private static Candidate trace(
      String problem, int difficulty, String text, boolean format, boolean language) {
    Map<String, Boolean> passed = new LinkedHashMap<>();
    passed.put("format", format);
    passed.put("language", language);
    Example example = new Example(problem, difficulty, "Q", List.of(), text);
    return new Candidate(example, "question of " + problem, passed);
  }
}
