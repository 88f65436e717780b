package org.r1zero.coldstart.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SyntheticCorpusTest {
  private static final Pattern CALCULATION = Pattern.compile("(\\d+)([-+*])(\\d+)=(\\d+)");
  private static final Pattern TURN = Pattern.compile("(\\d+)\\?\n?(higher|lower|)");
  private static final Pattern TAGGED =
      Pattern.compile("<think> (.*) </think> <answer> (\\d+) </answer>");

  @Test
  void seedsDecide() {
    List<Document> first = documents(300, 1);
    assertThat(documents(300, 1)).isEqualTo(first);
    assertThat(documents(300, 2)).isNotEqualTo(first);
    assertThat(first.stream().distinct().count()).isGreaterThan(290);
  }

  @ParameterizedTest
  @EnumSource(names = {"CLEAN", "MIXED", "RAMBLING", "CALCULATED"})
  void tracesInTagsAreRight(TextKind kind) {
    for (Document document : documents(kind, 500, 3)) {
      assertThat(document.ended()).isTrue();
      Matcher tagged = TAGGED.matcher(document.text());
      assertThat(tagged.find()).as(document.text()).isTrue();
      int answer = assertChain(tagged.group(1), document.text());
      assertThat(tagged.group(2)).as(document.text()).isEqualTo(String.valueOf(answer));
      assertThat(lastNumber(tagged.group(1))).isEqualTo(answer);
    }
  }

  @Test
  void untaggedTracesAreRightToo() {
    for (Document document : documents(TextKind.UNTAGGED, 300, 3)) {
      String trace = answerPart(document);
      assertThat(trace).doesNotContain("<");
      assertThat(lastNumber(trace)).isEqualTo(assertChain(trace, document.text()));
    }
  }

  @Test
  void aSlipIsOneWrongCalculationThatTheAnswerFollowsFrom() {
    for (Document document : documents(TextKind.SLIPS, 3000, 3)) {
      Matcher tagged = TAGGED.matcher(document.text());
      assertThat(tagged.find()).as(document.text()).isTrue();
      int wrong = 0;
      int value = -1;
      for (int[] c : calculations(tagged.group(1))) {
        assertThat(value < 0 || value == c[0]).as(document.text()).isTrue();
        wrong += c[2] == c[3] ? 0 : 1;
        value = c[3];
      }
      assertThat(wrong).as(document.text()).isEqualTo(1);
      assertThat(tagged.group(2)).isEqualTo(String.valueOf(value));
      assertThat(lastNumber(tagged.group(1))).isEqualTo(value);
    }
  }

  @Test
  void guessesAreMostlyWrongNumbersAtOnce() {
    for (TextKind kind : List.of(TextKind.GUESS, TextKind.ESTIMATED)) {
      assertThat(documents(kind, 100, 3))
          .allMatch(d -> answerPart(d).matches("<answer> \\d+ </answer>"));
    }
    assertThat(documents(TextKind.BLURTED, 100, 3)).allMatch(d -> answerPart(d).matches("\\d+"));
  }

  @Test
  void aCalculatorIsUsedOnNumbersThatAreTooManyToLearnByHeart() {
    List<Integer> results = new ArrayList<>();
    for (Document document : documents(TextKind.CALCULATED, 500, 3)) {
      calculations(document.text()).forEach(c -> results.add(c[3]));
    }
    assertThat(results).allMatch(r -> r >= 0 && r < 1000);
    assertThat(results.stream().filter(r -> r >= 100).count())
        .as("results of three digits, of %d", results.size())
        .isGreaterThan(results.size() / 2);
  }

  /** Half of the players forget what they were told: some of their guesses were ruled out. */
  @Test
  void gamesAreAnsweredRightlyAndPlayedHalfWell() {
    int careful = 0;
    int won = 0;
    for (Document document : documents(TextKind.GAME, 1000, 3)) {
      String[] turns = answerPart(document).split("\n(?=\\d)", -1);
      assertThat(turns.length).as(document.text()).isBetween(1, 5);
      int low = 1;
      int high = 30;
      boolean remembers = true;
      for (int i = 0; i < turns.length; i++) {
        Matcher turn = TURN.matcher(turns[i]);
        assertThat(turn.matches()).as(turns[i]).isTrue();
        int guess = Integer.parseInt(turn.group(1));
        assertThat(guess).isBetween(1, 30);
        remembers &= low <= guess && guess <= high;
        switch (turn.group(2)) {
          case "higher" -> low = Math.max(low, guess + 1);
          case "lower" -> high = Math.min(high, guess - 1);
          default -> {
            assertThat(i).as("the game goes on after the number").isEqualTo(turns.length - 1);
            assertThat(guess).as(document.text()).isBetween(low, high);
            won++;
          }
        }
        assertThat(low).as("some number is left").isLessThanOrEqualTo(high);
      }
      careful += remembers ? 1 : 0;
    }
    // without memory a fifth looks careful by chance
    assertThat(careful).as("games in which nothing was forgotten").isBetween(480, 680);
    assertThat(won).as("games won").isBetween(200, 600);
  }

  @Test
  void nobodyGivesThingsToHimself() {
    Pattern given = Pattern.compile("Question: (\\w+) has .* gives (\\d+) to (\\w+)\\.");
    Pattern got = Pattern.compile("Question: (\\w+) has [^.]*\\. (\\w+) gives (\\w+) \\d+");
    int giving = 0;
    for (Document document : documents(6000, 7)) {
      Matcher to = given.matcher(document.text());
      Matcher from = got.matcher(document.text());
      if (to.find()) {
        assertThat(to.group(3)).as(document.text()).isNotEqualTo(to.group(1));
        giving++;
      } else if (from.find()) {
        assertThat(from.group(2)).as(document.text()).isNotEqualTo(from.group(3));
        assertThat(from.group(3)).as(document.text()).isEqualTo(from.group(1));
        giving++;
      }
    }
    assertThat(giving).isGreaterThan(1000);
  }

  @Test
  void endlessTextsNeverComeToAnAnswer() {
    for (Document document : documents(TextKind.ENDLESS, 100, 3)) {
      assertThat(document.ended()).isFalse();
      assertThat(document.text()).contains("<think>").doesNotContain("</think>", "<answer>");
    }
  }

  @Test
  void factsAreRight() {
    for (Document document : documents(TextKind.FACTS, 200, 3)) {
      List<int[]> calculations = calculations(document.text());
      assertThat(calculations).hasSize(8).allMatch(c -> c[2] == c[3]);
      assertThat(document.text()).matches("Facts:( \\d+[-+*]\\d+=\\d+\\.){8}");
    }
  }

  @Test
  void foreignWordsOccurInMixedTextsOnly() {
    Pattern foreign =
        Pattern.compile("Luego|Después|Ensuite|Puis|Dann|Danach|然后|接着|[éñü答]|Also ist|Das macht");
    assertThat(documents(TextKind.CLEAN, 300, 3)).noneMatch(d -> foreign.matcher(d.text()).find());
    assertThat(
            documents(TextKind.MIXED, 300, 3).stream()
                .filter(d -> foreign.matcher(d.text()).find()))
        .hasSizeGreaterThan(250);
  }

  @Test
  void heldOutProblemsNeverOccur() {
    List<String> questions =
        documents(3000, 5).stream()
            .map(Document::text)
            .filter(t -> t.startsWith("Question: "))
            .map(t -> t.substring(10, t.indexOf("\nAnswer:")))
            .toList();
    assertThat(questions).hasSizeGreaterThan(2000);
    for (String question : questions) {
      CRC32 checksum = new CRC32(); // what decides the part of a problem
      checksum.update(question.getBytes(StandardCharsets.UTF_8));
      assertThat(checksum.getValue() % 10).as(question).isNotZero();
    }
  }

  @Test
  void sharesAreThoseOfTheMix() {
    int count = 14_200;
    Map<String, Long> seen =
        documents(count, 6).stream()
            .collect(
                Collectors.groupingBy(
                    SyntheticCorpusTest::shape, TreeMap::new, Collectors.counting()));
    // of 142; tagged: clean, mixed, rambling, slips and calculated; guess: estimated too
    Map<String, Integer> expected =
        Map.of(
            "facts",
            20,
            "tagged",
            42,
            "guess",
            30,
            "untagged",
            16,
            "blurted",
            16,
            "endless",
            10,
            "game",
            8);
    assertThat(seen).containsOnlyKeys(expected.keySet());
    expected.forEach(
        (shape, share) ->
            assertThat(seen.getOrDefault(shape, 0L).doubleValue() / count)
                .as(shape)
                .isCloseTo(share / 142.0, within(0.015)));
  }

  @Test
  void aMixNeedsAShare() {
    assertThatThrownBy(() -> new CorpusMix(Map.of())).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new CorpusMix(Map.of(TextKind.FACTS, 3, TextKind.SLIPS, -1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(">= 0");
  }

  private static String shape(Document document) {
    String text = document.text();
    if (text.startsWith("Facts:")) {
      return "facts";
    }
    if (text.startsWith("Question: I think of a whole number from 1 to 30.")) {
      return "game";
    }
    if (!document.ended()) {
      return "endless";
    }
    if (text.contains("<think>")) {
      return "tagged";
    }
    return text.contains("<answer>")
        ? "guess"
        : answerPart(document).matches("\\d+") ? "blurted" : "untagged";
  }

  private static String answerPart(Document document) {
    String text = document.text();
    return text.substring(text.indexOf("Answer:") + 7).strip();
  }

  /** Each calculation is right and starts from the one before, or repeats it; the last result. */
  private static int assertChain(String trace, String document) {
    int[] before = {-1, 0, -1, -1};
    for (int[] c : calculations(trace)) {
      assertThat(c[3]).as(document).isEqualTo(c[2]);
      boolean repeats = c[0] == before[0] && c[1] == before[1] && c[2] == before[2];
      assertThat(before[3] < 0 || repeats || c[0] == before[3]).as(document).isTrue();
      before = c;
    }
    assertThat(before[3]).as(document).isNotNegative();
    return before[3];
  }

  /** Left, right, the right result, and the result that is written. */
  private static List<int[]> calculations(String text) {
    List<int[]> all = new ArrayList<>();
    Matcher matcher = CALCULATION.matcher(text);
    while (matcher.find()) {
      int left = Integer.parseInt(matcher.group(1));
      int right = Integer.parseInt(matcher.group(3));
      int result =
          switch (matcher.group(2)) {
            case "+" -> left + right;
            case "-" -> left - right;
            default -> left * right;
          };
      all.add(new int[] {left, right, result, Integer.parseInt(matcher.group(4))});
    }
    return all;
  }

  private static int lastNumber(String text) {
    String[] numbers = text.replaceAll("\\D+", " ").strip().split(" ", -1);
    return Integer.parseInt(numbers[numbers.length - 1]);
  }

  private static List<Document> documents(int count, long seed) {
    return documents(CorpusMix.defaults(), count, seed);
  }

  private static List<Document> documents(TextKind kind, int count, long seed) {
    return documents(new CorpusMix(Map.of(kind, 1)), count, seed);
  }

  private static List<Document> documents(CorpusMix mix, int count, long seed) {
    return Stream.generate(new SyntheticCorpus(mix, seed)).limit(count).toList();
  }
}
