package org.r1zero.coldstart.puzzle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.r1zero.verify.puzzle.AnswerKind;

/** Puzzles in which places are filled so that neighbours agree. */
final class GridPuzzles {
  private static final List<String> COLOURS = List.of("red", "green", "blue");

  private GridPuzzles() {}

  /** The colouring in the gold is one of many right ones. */
  static Puzzle colouring(Random random, int level) {
    int count = level + 3;
    List<String> names =
        IntStream.range(0, count).mapToObj(i -> String.valueOf((char) ('A' + i))).toList();
    int[] colours = new int[count];
    Arrays.setAll(colours, i -> i < 3 ? i : random.nextInt(3));
    List<int[]> edges = new ArrayList<>();
    while (edges.size() < count) {
      edges.clear();
      for (int a = 0; a < count; a++) {
        for (int b = a + 1; b < count; b++) {
          if (colours[a] != colours[b] && random.nextInt(10) < 6) {
            edges.add(new int[] {a, b});
          }
        }
      }
    }
    List<Integer> shuffled = Puzzle.some(random, count, IntStream.range(0, count).boxed().toList());
    int[][] borders =
        edges.stream()
            .map(edge -> new int[] {shuffled.get(edge[0]), shuffled.get(edge[1])})
            .map(edge -> edge[0] < edge[1] ? edge : new int[] {edge[1], edge[0]})
            .sorted(Arrays::compare)
            .toArray(int[][]::new);
    String[] gold = new String[count];
    for (int i = 0; i < count; i++) {
      int place = shuffled.get(i);
      gold[place] = names.get(place) + ": " + COLOURS.get(colours[i]);
    }
    String shown =
        Arrays.stream(borders)
            .map(edge -> names.get(edge[0]) + "-" + names.get(edge[1]))
            .collect(Collectors.joining(", "));
    return Puzzle.of(
            AnswerKind.COLOURING,
            String.format(
                "A map has the countries %s. These share a border: %s. Colour each country red,"
                    + " green or blue so that no two that share a border have the same colour."
                    + " Answer such as \"A: red, B: green\", with all countries.",
                Puzzle.and(names), shown),
            String.join(", ", gold))
        .with("names", names)
        .with("values", COLOURS)
        .with("edges", borders);
  }

  static Puzzle sudoku(Random random, int level) {
    int[] grid = solved(random);
    int[] given = grid.clone();
    int blanks = 2 + 2 * level;
    for (int place : Puzzle.some(random, 16, IntStream.range(0, 16).boxed().toList())) {
      int digit = given[place];
      given[place] = 0;
      if (solutions(given, 0) > 1) {
        given[place] = digit;
      } else if (--blanks == 0) {
        break;
      }
    }
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < 16; i++) {
      shown.append(given[i] == 0 ? "_" : String.valueOf(given[i])).append(i % 4 == 3 ? '\n' : ' ');
    }
    String gold =
        IntStream.range(0, 4)
            .mapToObj(
                row ->
                    IntStream.range(0, 4)
                        .mapToObj(i -> String.valueOf(grid[4 * row + i]))
                        .collect(Collectors.joining(" ")))
            .collect(Collectors.joining("\n"));
    return Puzzle.of(
            AnswerKind.NUMBERS,
            "Fill in the blanks of this 4x4 sudoku, so that each row, each column and each 2x2"
                + " block in a corner has the digits 1 to 4:\n"
                + shown
                + "Answer with all four rows.",
            gold)
        .with("given", new int[][] {given});
  }

  private static int[] solved(Random random) {
    List<Integer> digits = Puzzle.some(random, 4, List.of(1, 2, 3, 4));
    List<int[]> rows = new ArrayList<>();
    boolean[] swaps = {random.nextBoolean(), random.nextBoolean(), random.nextBoolean()};
    int[] base = {0, 1, 2, 3, 2, 3, 0, 1, 1, 0, 3, 2, 3, 2, 1, 0};
    for (int row = 0; row < 4; row++) {
      int from = row < 2 ? (swaps[0] ? 1 - row : row) : (swaps[1] ? 5 - row : row);
      int[] copy = new int[4];
      for (int i = 0; i < 4; i++) {
        copy[i] = digits.get(base[4 * from + (swaps[2] && i > 1 ? 5 - i : i)]);
      }
      rows.add(copy);
    }
    if (random.nextBoolean()) {
      rows = List.of(rows.get(2), rows.get(3), rows.get(0), rows.get(1));
    }
    return rows.stream().flatMapToInt(Arrays::stream).toArray();
  }

  /** How many ways there are to fill it, 2 for more. */
  private static int solutions(int[] grid, int from) {
    int place = from;
    while (place < 16 && grid[place] != 0) {
      place++;
    }
    if (place == 16) {
      return 1;
    }
    int found = 0;
    for (int digit = 1; digit <= 4 && found < 2; digit++) {
      if (free(grid, place, digit)) {
        grid[place] = digit;
        found += solutions(grid, place + 1);
        grid[place] = 0;
      }
    }
    return Math.min(found, 2);
  }

  private static boolean free(int[] grid, int place, int digit) {
    for (int i = 0; i < 16; i++) {
      boolean together =
          i / 4 == place / 4
              || i % 4 == place % 4
              || (i / 8 == place / 8 && i % 4 / 2 == place % 4 / 2);
      if (together && grid[i] == digit) {
        return false;
      }
    }
    return true;
  }
}
