package org.r1zero.coldstart.puzzle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.r1zero.verify.puzzle.AnswerKind;

/** A family in which of each child one parent is known. */
final class FamilyPuzzles {
  private static final List<String> WOMEN =
      List.of("Ana", "Beth", "Clara", "Dora", "Emma", "Fay", "Gina", "Holly", "Ida", "Julia");
  private static final List<String> MEN =
      List.of("Adam", "Bob", "Carl", "Dan", "Erik", "Fred", "Gary", "Hugo", "Ivan", "Jack");

  /** By steps up from the one asked about to the common ancestor, and steps down from there. */
  private static final String[][][] RELATIONS = {
    {
      null,
      {"mother", "father"},
      {"grandmother", "grandfather"},
      {"great-grandmother", "great-grandfather"}
    },
    {{"daughter", "son"}, {"sister", "brother"}, {"aunt", "uncle"}, null},
    {{"granddaughter", "grandson"}, {"niece", "nephew"}, {"cousin", "cousin"}, null},
    {{"great-granddaughter", "great-grandson"}, null, null, null},
  };

  private FamilyPuzzles() {}

  static Puzzle family(Random random, int level) {
    int count = level + 2;
    while (true) {
      int[] parents = new int[count];
      parents[0] = -1;
      for (int i = 1; i < count; i++) {
        parents[i] = Math.max(0, i - 1 - random.nextInt(Math.min(i, 3)));
      }
      int a = random.nextInt(count);
      int b = random.nextInt(count);
      int[] steps = steps(parents, a, b);
      boolean known =
          a != b && steps[0] < 4 && steps[1] < 4 && RELATIONS[steps[0]][steps[1]] != null;
      if (known
          && steps[0] + steps[1] >= Math.min(level, 2) + (level > 2 ? random.nextInt(2) : 0)) {
        return puzzle(random, parents, a, b, RELATIONS[steps[0]][steps[1]]);
      }
    }
  }

  /** Steps up from one to the common ancestor, and from there down to the other. */
  private static int[] steps(int[] parents, int a, int b) {
    List<Integer> line = new ArrayList<>();
    for (int x = a; x >= 0; x = parents[x]) {
      line.add(x);
    }
    int down = 0;
    int y = b;
    while (!line.contains(y)) {
      y = parents[y];
      down++;
    }
    return new int[] {line.indexOf(y), down};
  }

  private static Puzzle puzzle(Random random, int[] parents, int a, int b, String[] relation) {
    int count = parents.length;
    List<String> women = Puzzle.some(random, count, WOMEN);
    List<String> men = Puzzle.some(random, count, MEN);
    List<String> names = new ArrayList<>();
    int[] male = new int[count];
    for (int i = 0; i < count; i++) {
      male[i] = random.nextInt(2);
      names.add(male[i] == 1 ? men.get(i) : women.get(i));
    }
    List<String> facts = new ArrayList<>();
    for (int i = 1; i < count; i++) {
      int parent = parents[i];
      facts.add(
          names.get(parent)
              + " is the "
              + (male[parent] == 1 ? "father" : "mother")
              + " of "
              + names.get(i)
              + (male[i] == 1 ? ", a boy." : ", a girl."));
    }
    List<String> choices =
        Arrays.stream(RELATIONS)
            .flatMap(Arrays::stream)
            .filter(words -> words != null)
            .flatMap(Arrays::stream)
            .distinct()
            .toList();
    return Puzzle.of(
            AnswerKind.CHOICE,
            String.join(" ", Puzzle.some(random, facts.size(), facts))
                + " What is "
                + names.get(a)
                + " to "
                + names.get(b)
                + "? Answer with one word, such as mother, brother, grandson, niece or cousin.",
            relation[male[a]])
        .with("choices", choices)
        .with("parents", new int[][] {parents, male, {a, b}});
  }
}
