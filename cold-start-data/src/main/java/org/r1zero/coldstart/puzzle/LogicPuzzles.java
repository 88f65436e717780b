package org.r1zero.coldstart.puzzle;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.r1zero.verify.puzzle.AnswerKind;

/** Puzzles about what must be true. */
final class LogicPuzzles {
  static final List<String> NAMES =
      List.of("Ana", "Ben", "Cem", "Dina", "Eva", "Finn", "Gus", "Hana", "Ivan", "Jana");
  private static final List<String> STARTS = List.of("bl", "gr", "z", "m", "tr", "w", "qu", "sn");
  private static final List<String> ENDS =
      List.of("oops", "azzies", "umps", "erts", "ibbles", "onks");

  private LogicPuzzles() {}

  private static boolean has(int set, int element) {
    return (set & (1 << element)) != 0;
  }

  /** All, no or some members of a group are members of another. */
  private record Statement(int quantity, int a, int b) {
    String text(List<String> groups) {
      return List.of("All ", "No ", "Some ").get(quantity)
          + groups.get(a)
          + " are "
          + groups.get(b);
    }
  }

  static Puzzle syllogism(Random random, int level) {
    int count = level + 2;
    List<String> groups = new ArrayList<>();
    for (String start : Puzzle.some(random, count, STARTS)) {
      groups.add(start + Puzzle.one(random, ENDS));
    }
    boolean wanted = random.nextBoolean();
    while (true) {
      List<Statement> premises = new ArrayList<>();
      for (int i = 0; i + 1 < count; i++) {
        boolean turned = random.nextInt(4) == 0;
        int quantity = Math.max(0, random.nextInt(5) - 2);
        premises.add(new Statement(quantity, turned ? i + 1 : i, turned ? i : i + 1));
      }
      Statement conclusion =
          random.nextBoolean()
              ? new Statement(random.nextInt(3), 0, count - 1)
              : new Statement(random.nextInt(3), count - 1, 0);
      if (consistent(premises, count) && follows(premises, conclusion, count) == wanted) {
        List<String> texts = premises.stream().map(s -> s.text(groups) + ".").toList();
        Puzzle puzzle =
            Puzzle.of(
                    AnswerKind.CHOICE,
                    String.join(" ", texts)
                        + " ('Some' means at least one; a group may be empty.) Does it follow that "
                        + conclusion.text(groups).toLowerCase(Locale.ROOT)
                        + "? Answer yes or no.",
                    wanted ? "yes" : "no")
                .with("choices", List.of("yes", "no"));
        List<Statement> all = new ArrayList<>(premises);
        all.add(conclusion);
        return puzzle.with(
            "statements",
            all.stream().map(s -> new int[] {s.quantity, s.a, s.b}).toArray(int[][]::new));
      }
    }
  }

  /** Whether somebody in some groups, and in no others, may exist. */
  private static boolean allowed(List<Statement> premises, int groups) {
    return premises.stream()
        .allMatch(
            s -> !has(groups, s.a) || s.quantity == 2 || has(groups, s.b) == (s.quantity == 0));
  }

  private static IntStream all(List<Statement> premises, int count) {
    return IntStream.range(0, 1 << count).filter(groups -> allowed(premises, groups));
  }

  private static boolean consistent(List<Statement> premises, int count) {
    return premises.stream()
        .filter(s -> s.quantity == 2)
        .allMatch(s -> all(premises, count).anyMatch(both(s)));
  }

  private static boolean follows(List<Statement> premises, Statement conclusion, int count) {
    return switch (conclusion.quantity) {
      case 0 -> all(premises, count).allMatch(g -> !has(g, conclusion.a) || has(g, conclusion.b));
      case 1 -> all(premises, count).noneMatch(both(conclusion));
      default ->
          premises.stream()
              .filter(s -> s.quantity == 2)
              .anyMatch(s -> all(premises, count).filter(both(s)).allMatch(both(conclusion)));
    };
  }

  private static IntPredicate both(Statement s) {
    return groups -> has(groups, s.a) && has(groups, s.b);
  }

  /** What somebody says; {@code kind} decides what the numbers mean. */
  private record Said(int kind, int a, int b) {
    boolean isTrue(int knights) {
      boolean first = has(knights, a);
      return switch (kind) {
        case 0 -> first;
        case 1 -> !first;
        case 2 -> first == has(knights, b);
        case 3 -> first != has(knights, b);
        default -> Integer.bitCount(knights) == b;
      };
    }

    String text(List<String> names) {
      return switch (kind) {
        case 0 -> names.get(a) + " is a knight";
        case 1 -> names.get(a) + " is a knave";
        case 2 -> names.get(a) + " and " + names.get(b) + " are of the same kind";
        case 3 -> names.get(a) + " and " + names.get(b) + " are of different kinds";
        default ->
            b == 0
                ? "none of us is a knight"
                : b == 1 ? "exactly one of us is a knight" : "exactly " + b + " of us are knights";
      };
    }
  }

  static Puzzle knights(Random random, int level) {
    int count = level + 1;
    List<String> names = Puzzle.some(random, count, NAMES);
    while (true) {
      int knights = random.nextInt(1 << count);
      List<Said> all = new ArrayList<>();
      for (int speaker = 0; speaker < count; speaker++) {
        Said said;
        do {
          said = said(random, speaker, count);
        } while (said.isTrue(knights) != has(knights, speaker));
        all.add(said);
      }
      if (IntStream.range(0, 1 << count).filter(k -> fits(all, k)).count() == 1) {
        return knights(names, all, knights);
      }
    }
  }

  private static Said said(Random random, int speaker, int count) {
    int a = (speaker + Puzzle.between(random, 1, count - 1)) % count;
    int b = random.nextInt(count);
    int kind = random.nextInt(5);
    if (kind == 4) {
      return new Said(4, 0, Puzzle.between(random, 0, count));
    }
    return kind >= 2 && a == b ? new Said(kind, a, speaker) : new Said(kind, a, b);
  }

  private static boolean fits(List<Said> all, int knights) {
    return IntStream.range(0, all.size())
        .allMatch(i -> all.get(i).isTrue(knights) == has(knights, i));
  }

  private static Puzzle knights(List<String> names, List<Said> all, int knights) {
    StringBuilder text =
        new StringBuilder("Knights always tell the truth, knaves always lie. Each of ");
    text.append(Puzzle.and(names)).append(" is one or the other.");
    List<String> gold = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      String said = all.get(i).text(names);
      text.append(' ').append(names.get(i)).append(" says: \"");
      text.append(Character.toUpperCase(said.charAt(0))).append(said.substring(1)).append(".\"");
      gold.add(names.get(i) + ": " + (has(knights, i) ? "knight" : "knave"));
    }
    text.append(" Who is what? Answer such as \"")
        .append(names.get(0))
        .append(": knight, ")
        .append(names.get(1))
        .append(": knave\", with all names.");
    Puzzle puzzle =
        Puzzle.of(AnswerKind.ASSIGNMENT, text.toString(), String.join(", ", gold))
            .with("names", names)
            .with("values", List.of("knight", "knave"));
    ArrayNode statements = puzzle.data().putArray("statements");
    all.forEach(said -> statements.addArray().add(said.kind).add(said.a).add(said.b));
    return puzzle;
  }
}
