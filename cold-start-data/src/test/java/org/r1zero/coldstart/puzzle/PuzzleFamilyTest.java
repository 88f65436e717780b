package org.r1zero.coldstart.puzzle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.TextStyle;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.format.ReasoningFormat;
import org.r1zero.verify.puzzle.AnswerKind;
import org.r1zero.verify.puzzle.PuzzleVerifier;

/** Each family against a solver of its own, which reads the question or tries all answers. */
class PuzzleFamilyTest {

  private static final int EACH = 40;
  private final Verifier verifier = new PuzzleVerifier(ReasoningFormat.DEFAULT);

  @ParameterizedTest
  @EnumSource(PuzzleFamily.class)
  void itsOwnGoldIsRightAndSeedsDecideAll(PuzzleFamily family) {
    for (int level = 1; level <= PuzzleFamily.MAX_LEVEL; level++) {
      for (int seed = 0; seed < EACH; seed++) {
        Puzzle puzzle = family.make(new Random(seed), level);
        assertThat(family.make(new Random(seed), level)).isEqualTo(puzzle);
        Problem problem = problem(puzzle);
        verifier.check(problem);
        assertThat(judge(problem, puzzle.gold())).isEqualTo(Outcome.CORRECT);
        assertThat(puzzle.question()).doesNotContain("null").isNotBlank();
        assertThat(judge(problem, "I give up")).isNotEqualTo(Outcome.CORRECT);
        assertThat(judge(problem, altered(puzzle)))
            .as("%s instead of %s", altered(puzzle), puzzle.gold())
            .isEqualTo(Outcome.INCORRECT);
      }
    }
  }

  /** A wrong answer in the form of the right one. */
  private static String altered(Puzzle puzzle) {
    JsonNode data = puzzle.data();
    String gold = puzzle.gold();
    return switch (AnswerKind.valueOf(data.path("kind").asText().toUpperCase(Locale.ROOT))) {
      case NUMBER, DIGITS -> gold + "1";
      case NUMBERS -> gold.replaceFirst("(\\d)(\\D*)$", "$11$2");
      case WORDS -> gold.substring(0, gold.length() - 1) + "aa";
      case CHOICE ->
          data.path("choices").get(0).asText().equals(gold)
              ? data.path("choices").get(1).asText()
              : data.path("choices").get(0).asText();
      case ASSIGNMENT ->
          gold.replaceFirst(": \\w+$", gold.endsWith("knight") ? ": knave" : ": knight");
      case COLOURING -> gold.replaceAll("red|blue", "green");
    };
  }

  @Test
  void chainsAreComputed() {
    each(
        PuzzleFamily.CHAIN,
        puzzle -> {
          Matcher step =
              Pattern.compile("(Start with|Add|Subtract|Multiply by|Divide by) (\\d+)\\.")
                  .matcher(puzzle.question());
          BigInteger value = BigInteger.ZERO;
          while (step.find()) {
            BigInteger number = new BigInteger(step.group(2));
            switch (step.group(1)) {
              case "Start with", "Add" -> value = value.add(number);
              case "Subtract" -> value = value.subtract(number);
              case "Multiply by" -> value = value.multiply(number);
              default -> {
                BigInteger[] parts = value.divideAndRemainder(number);
                assertThat(parts[1]).as(puzzle.question()).isZero();
                value = parts[0];
              }
            }
          }
          assertThat(puzzle.gold()).as(puzzle.question()).isEqualTo(value.toString());
        });
  }

  @Test
  void basesAreConverted() {
    Pattern asked = Pattern.compile("number (\\w+), which is in base (\\d+), in base (\\d+)\\.");
    each(
        PuzzleFamily.BASE,
        puzzle -> {
          Matcher in = asked.matcher(puzzle.question());
          assertThat(in.find()).as(puzzle.question()).isTrue();
          assertThat(in.group(2)).isNotEqualTo(in.group(3));
          assertThat(Integer.parseInt(puzzle.gold(), Integer.parseInt(in.group(3))))
              .isEqualTo(Integer.parseInt(in.group(1), Integer.parseInt(in.group(2))));
        });
  }

  /** Every rule with small numbers that gives the terms shown gives the same next one. */
  @Test
  void sequencesHaveOneContinuation() {
    each(
        PuzzleFamily.SEQUENCE,
        puzzle -> {
          List<Long> all = numbers(puzzle.question());
          Set<Long> next = new TreeSet<>();
          for (long p = -3; p <= 9; p++) { // a(n) = p a(n-1) + q a(n-2) + c
            for (long q = -3; q <= 3; q++) {
              long c = all.get(2) - p * all.get(1) - q * all.get(0);
              boolean fits = true;
              for (int i = 2; i < all.size(); i++) {
                fits &= all.get(i) == p * all.get(i - 1) + q * all.get(i - 2) + c;
              }
              if (fits) {
                int n = all.size();
                next.add(p * all.get(n - 1) + q * all.get(n - 2) + c);
              }
            }
          }
          if (next.isEmpty()) { // two sequences in turn
            int n = all.size();
            for (int i = 4; i < n; i++) {
              assertThat(all.get(i) - all.get(i - 2)).isEqualTo(all.get(i - 2) - all.get(i - 4));
            }
            next.add(2 * all.get(n - 2) - all.get(n - 4));
          }
          assertThat(next).as(puzzle.question()).containsExactly(Long.parseLong(puzzle.gold()));
        });
  }

  @Test
  void matricesAreComputed() {
    Pattern entries = Pattern.compile("is (\\[\\[.*?\\]\\])");
    each(
        PuzzleFamily.MATRIX,
        puzzle -> {
          Matcher found = entries.matcher(puzzle.question());
          assertThat(found.find()).isTrue();
          List<Long> a = numbers(found.group(1));
          int size = (int) Math.round(Math.sqrt(a.size()));
          if (puzzle.question().contains("determinant")) {
            assertThat(puzzle.gold()).isEqualTo(String.valueOf(determinant(a, size)));
            return;
          }
          assertThat(found.find()).isTrue();
          List<Long> b = numbers(found.group(1));
          List<Long> result = new ArrayList<>();
          for (int i = 0; i < a.size(); i++) {
            long product = 0;
            for (int k = 0; k < size; k++) {
              product += a.get(i / size * size + k) * b.get(k * size + i % size);
            }
            result.add(
                puzzle.question().contains("A + B")
                    ? a.get(i) + b.get(i)
                    : puzzle.question().contains("A - B") ? a.get(i) - b.get(i) : product);
          }
          assertThat(numbers(puzzle.gold())).as(puzzle.question()).isEqualTo(result);
        });
  }

  /** By all permutations. */
  private static long determinant(List<Long> a, int size) {
    return size == 2
        ? a.get(0) * a.get(3) - a.get(1) * a.get(2)
        : IntStream.range(0, 3)
            .mapToLong(
                j ->
                    a.get(j) * a.get(3 + (j + 1) % 3) * a.get(6 + (j + 2) % 3)
                        - a.get(j) * a.get(3 + (j + 2) % 3) * a.get(6 + (j + 1) % 3))
            .sum();
  }

  @Test
  void wordsAreSorted() {
    each(
        PuzzleFamily.SORT,
        puzzle -> {
          String shown = puzzle.question().split(": ", -1)[1].split("\\.", -1)[0];
          List<String> words = new ArrayList<>(List.of(shown.split(", ", -1)));
          Collections.sort(words);
          if (puzzle.question().contains("reverse")) {
            Collections.reverse(words);
          }
          assertThat(puzzle.gold()).isEqualTo(String.join(", ", words));
          assertThat(Set.copyOf(words)).hasSameSizeAs(words);
        });
  }

  @Test
  void ciphersAreDeciphered() {
    Pattern by = Pattern.compile("forward by (\\d+).*(?:Write|does) '([a-z ]+)'");
    Pattern key = Pattern.compile("key '([a-z]{3})'.*: ([a-z ]+)\\. What");
    Pattern mirror = Pattern.compile("\\): ([a-z ]+)\\. What");
    each(
        PuzzleFamily.CIPHER,
        puzzle -> {
          String text = puzzle.question();
          Matcher caesar = by.matcher(text);
          Matcher vigenere = key.matcher(text);
          Matcher atbash = mirror.matcher(text);
          StringBuilder found = new StringBuilder();
          if (caesar.find()) {
            int places = Integer.parseInt(caesar.group(1)) * (text.contains("Write") ? 1 : -1);
            caesar.group(2).chars().forEach(c -> found.append(moved(c, places)));
          } else if (vigenere.find()) {
            int at = 0;
            for (int i = 0; i < vigenere.group(2).length(); i++) {
              char c = vigenere.group(2).charAt(i);
              found.append(moved(c, c == ' ' ? 0 : 'a' - vigenere.group(1).charAt(at++ % 3)));
            }
          } else {
            assertThat(atbash.find()).as(text).isTrue();
            atbash.group(1).chars().forEach(c -> found.append(c == ' ' ? ' ' : (char) (219 - c)));
          }
          assertThat(puzzle.gold()).as(text).isEqualTo(found.toString());
        });
  }

  private static char moved(int letter, int places) {
    return letter == ' ' ? ' ' : (char) ('a' + Math.floorMod(letter - 'a' + places, 26));
  }

  @Test
  void daysAreCounted() {
    Pattern dates = Pattern.compile("[A-Z][a-z]+ \\d+, \\d{4}");
    DateTimeFormatter format = DateTimeFormatter.ofPattern("MMMM d, yyyy", Locale.ENGLISH);
    each(
        PuzzleFamily.CALENDAR,
        puzzle -> {
          String text = puzzle.question();
          List<LocalDate> found =
              dates.matcher(text).results().map(m -> LocalDate.parse(m.group(), format)).toList();
          if (found.isEmpty()) {
            List<String> week = new ArrayList<>();
            puzzle.data().path("choices").forEach(day -> week.add(day.asText()));
            int today = week.indexOf(text.split("[ .]+", -1)[2]);
            int days = numbers(text).get(0).intValue() * (text.contains("ago") ? -1 : 1);
            assertThat(puzzle.gold()).as(text).isEqualTo(week.get(Math.floorMod(today + days, 7)));
          } else if (text.contains("How many")) {
            assertThat(puzzle.gold())
                .isEqualTo(String.valueOf(ChronoUnit.DAYS.between(found.get(0), found.get(1))));
          } else {
            assertThat(text).contains(" is a " + day(found.get(0)) + ".");
            assertThat(puzzle.gold()).isEqualTo(day(found.get(1)));
          }
        });
  }

  private static String day(LocalDate date) {
    return date.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
  }

  /** By trying all worlds with up to three inhabitants, of whom each is in some of the groups. */
  @Test
  void syllogismsFollowOrNot() {
    for (int level = 1; level <= 3; level++) {
      for (int seed = 0; seed < EACH; seed++) {
        Puzzle puzzle = PuzzleFamily.SYLLOGISM.make(new Random(seed), level);
        List<int[]> statements = rows(puzzle, "statements");
        int kinds = 1 << (level + 2);
        boolean follows = true;
        boolean possible = false;
        for (int world = 0; world < kinds * kinds * kinds; world++) {
          int[] people = {world % kinds, world / kinds % kinds, world / kinds / kinds};
          boolean premises = true;
          for (int[] statement : statements.subList(0, statements.size() - 1)) {
            premises &= holds(statement, people);
          }
          possible |= premises;
          follows &= !premises || holds(statements.get(statements.size() - 1), people);
        }
        long some = statements.stream().filter(s -> s[0] == 2).count();
        if (some <= 2) { // three inhabitants are enough for a counterexample
          assertThat(possible).as(puzzle.question()).isTrue();
          assertThat(puzzle.gold()).as(puzzle.question()).isEqualTo(follows ? "yes" : "no");
        }
      }
    }
  }

  private static boolean holds(int[] statement, int[] people) {
    boolean found = false;
    boolean all = true;
    boolean none = true;
    for (int groups : people) {
      boolean a = (groups & (1 << statement[1])) != 0;
      boolean b = (groups & (1 << statement[2])) != 0;
      found |= a && b;
      all &= !a || b;
      none &= !a || !b;
    }
    return statement[0] == 0 ? all : statement[0] == 1 ? none : found;
  }

  @Test
  void knightsHaveOneSolutionAndItIsRead() {
    each(
        PuzzleFamily.KNIGHTS,
        puzzle -> {
          List<int[]> said = rows(puzzle, "statements");
          List<String> right = new ArrayList<>();
          for (int knights = 0; knights < (1 << said.size()); knights++) {
            boolean fits = true;
            List<String> answer = new ArrayList<>();
            for (int i = 0; i < said.size(); i++) {
              int[] s = said.get(i);
              boolean a = (knights & (1 << s[1])) != 0;
              boolean b = s[0] < 4 && (knights & (1 << s[2])) != 0;
              boolean truth =
                  switch (s[0]) {
                    case 0 -> a;
                    case 1 -> !a;
                    case 2 -> a == b;
                    case 3 -> a != b;
                    default -> Integer.bitCount(knights) == s[2];
                  };
              boolean knight = (knights & (1 << i)) != 0;
              fits &= truth == knight;
              answer.add(
                  puzzle.data().path("names").get(i).asText()
                      + ": "
                      + (knight ? "knight" : "knave"));
            }
            String text = String.join(", ", answer);
            if (fits) {
              right.add(text);
            }
            assertThat(judge(problem(puzzle), text) == Outcome.CORRECT).isEqualTo(fits);
          }
          assertThat(right).as(puzzle.question()).containsExactly(puzzle.gold());
        });
  }

  @Test
  void zebrasHaveOneSolution() {
    for (int level = 1; level <= 4; level++) {
      for (int seed = 0; seed < 10; seed++) {
        Puzzle puzzle = PuzzleFamily.ZEBRA.make(new Random(seed), level);
        int[] sizes = rows(puzzle, "sizes").get(0);
        List<int[][]> found = new ArrayList<>();
        fill(new int[sizes[1]][sizes[0]], 0, 0, rows(puzzle, "clues"), found);
        assertThat(found).as(puzzle.question()).hasSize(1);
        int[][] house = found.get(0);
        int home = house[0][sizes[3]];
        boolean said =
            rows(puzzle, "clues").stream()
                .anyMatch(
                    c ->
                        c[0] == 0
                            && ((c[1] == 0 && c[2] == sizes[3] && c[3] == sizes[2])
                                || (c[3] == 0 && c[4] == sizes[3] && c[1] == sizes[2])));
        assertThat(said).as("no clue is the answer: %s", puzzle.question()).isFalse();
        int thing =
            IntStream.range(0, sizes[0])
                .filter(v -> house[sizes[2]][v] == home)
                .findFirst()
                .orElseThrow();
        assertThat(puzzle.gold())
            .as(puzzle.question())
            .isEqualTo(puzzle.data().path("choices").get(thing).asText());
      }
    }
  }

  private static void fill(
      int[][] house, int kind, int thing, List<int[]> clues, List<int[][]> found) {
    if (kind == house.length) {
      for (int[] c : clues) {
        int here = house[c[1]][c[2]];
        int there = c[0] == 3 ? c[4] : house[c[3]][c[4]];
        boolean fits =
            (c[0] == 0 || c[0] == 3)
                ? here == there
                : there - here == 1 || (c[0] == 2 && here - there == 1);
        if (!fits) {
          return;
        }
      }
      found.add(Arrays.stream(house).map(int[]::clone).toArray(int[][]::new));
      return;
    }
    for (int place = 0; place < house[kind].length; place++) {
      int wanted = place;
      if (Arrays.stream(house[kind], 0, thing).noneMatch(h -> h == wanted)) {
        house[kind][thing] = place;
        boolean last = thing == house[kind].length - 1;
        fill(house, last ? kind + 1 : kind, last ? 0 : thing + 1, clues, found);
      }
    }
  }

  /** The verifier takes exactly the colourings without a clash, the gold among them. */
  @Test
  void everyRightColouringIsTaken() {
    for (int level = 1; level <= 3; level++) {
      for (int seed = 0; seed < 10; seed++) {
        Puzzle puzzle = PuzzleFamily.COLOURING.make(new Random(seed), level);
        List<int[]> edges = rows(puzzle, "edges");
        int count = puzzle.data().path("names").size();
        int right = 0;
        for (int code = 0; code < Math.pow(3, count); code++) {
          int[] colours = new int[count];
          StringBuilder text = new StringBuilder();
          for (int i = 0, rest = code; i < count; i++, rest /= 3) {
            colours[i] = rest % 3;
            text.append((char) ('A' + i)).append(": ");
            text.append(List.of("red", "green", "blue").get(colours[i])).append(' ');
          }
          boolean fits = edges.stream().noneMatch(e -> colours[e[0]] == colours[e[1]]);
          right += fits ? 1 : 0;
          assertThat(judge(problem(puzzle), text.toString()) == Outcome.CORRECT).isEqualTo(fits);
        }
        assertThat(right).as(puzzle.question()).isGreaterThan(1);
      }
    }
  }

  @Test
  void sudokusHaveOneSolution() {
    each(
        PuzzleFamily.SUDOKU,
        puzzle -> {
          int[] given = rows(puzzle, "given").get(0);
          List<int[]> found = new ArrayList<>();
          solve(given.clone(), 0, found);
          assertThat(found).as(puzzle.question()).hasSize(1);
          assertThat(numbers(puzzle.gold()))
              .isEqualTo(Arrays.stream(found.get(0)).mapToObj(Long::valueOf).toList());
          assertThat(Arrays.stream(given).filter(d -> d == 0).count()).isPositive();
        });
  }

  private static void solve(int[] grid, int place, List<int[]> found) {
    if (place == 16) {
      for (int unit = 0; unit < 4; unit++) {
        int row = 0;
        int column = 0;
        int block = 0;
        for (int i = 0; i < 4; i++) {
          row |= 1 << grid[4 * unit + i];
          column |= 1 << grid[4 * i + unit];
          block |= 1 << grid[unit / 2 * 8 + unit % 2 * 2 + i / 2 * 4 + i % 2];
        }
        if (row != 30 || column != 30 || block != 30) {
          return;
        }
      }
      found.add(grid.clone());
      return;
    }
    if (grid[place] != 0) {
      solve(grid, place + 1, found);
      return;
    }
    for (int digit = 1; digit <= 4; digit++) {
      int wanted = digit;
      int row = place / 4 * 4;
      if (IntStream.range(row, row + 4).noneMatch(i -> grid[i] == wanted)) {
        grid[place] = digit;
        solve(grid, place + 1, found);
        grid[place] = 0;
      }
    }
  }

  /** By the definitions of the words. */
  @Test
  void familiesAreRelatedAsSaid() {
    each(
        PuzzleFamily.FAMILY,
        puzzle -> {
          List<int[]> rows = rows(puzzle, "parents");
          int[] parent = rows.get(0);
          boolean male = rows.get(1)[rows.get(2)[0]] == 1;
          int a = rows.get(2)[0];
          int b = rows.get(2)[1];
          int pa = parent[a];
          int pb = parent[b];
          int ga = pa < 0 ? -1 : parent[pa];
          int gb = pb < 0 ? -1 : parent[pb];
          String word =
              pb == a
                  ? male ? "father" : "mother"
                  : pa == b
                      ? male ? "son" : "daughter"
                      : pa >= 0 && pa == pb
                          ? male ? "brother" : "sister"
                          : gb == a
                              ? male ? "grandfather" : "grandmother"
                              : ga == b
                                  ? male ? "grandson" : "granddaughter"
                                  : pa >= 0 && pa == gb
                                      ? male ? "uncle" : "aunt"
                                      : pb >= 0 && ga == pb
                                          ? male ? "nephew" : "niece"
                                          : ga >= 0 && ga == gb
                                              ? "cousin"
                                              : gb >= 0 && parent[gb] == a
                                                  ? male ? "great-grandfather" : "great-grandmother"
                                                  : male ? "great-grandson" : "great-granddaughter";
          assertThat(puzzle.gold()).as(puzzle.question()).isEqualTo(word);
        });
  }

  private static void each(PuzzleFamily family, Consumer<Puzzle> check) {
    for (int level = 1; level <= PuzzleFamily.MAX_LEVEL; level++) {
      for (int seed = 0; seed < EACH; seed++) {
        check.accept(family.make(new Random(seed), level));
      }
    }
  }

  private static List<int[]> rows(Puzzle puzzle, String field) {
    List<int[]> rows = new ArrayList<>();
    for (JsonNode row : puzzle.data().path(field)) {
      rows.add(IntStream.range(0, row.size()).map(i -> row.get(i).asInt()).toArray());
    }
    return rows;
  }

  private static List<Long> numbers(String text) {
    return Pattern.compile("-?\\d+")
        .matcher(text)
        .results()
        .map(m -> Long.valueOf(m.group()))
        .toList();
  }

  private static Problem problem(Puzzle puzzle) {
    return new Problem("p", puzzle.question(), puzzle.gold(), puzzle.data());
  }

  private Outcome judge(Problem problem, String answer) {
    return verifier.verify(problem, Completion.of("<answer>" + answer + "</answer>")).outcome();
  }
}
