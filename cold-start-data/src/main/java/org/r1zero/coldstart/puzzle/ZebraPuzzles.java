package org.r1zero.coldstart.puzzle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.r1zero.verify.puzzle.AnswerKind;

/** Houses in a row, each with somebody and something of every kind in it. */
final class ZebraPuzzles {
  private static final List<String> PETS =
      List.of("cat", "dog", "fish", "horse", "rabbit", "snail");
  private static final List<String> DRINKS =
      List.of("tea", "milk", "water", "juice", "coffee", "cocoa");
  private static final List<String> COLOURS =
      List.of("red", "blue", "green", "white", "yellow", "black");

  private ZebraPuzzles() {}

  /**
   * A clue about two things, each of a kind; houses count from 0.
   *
   * @param type 0: in the same house, 1: directly left of, 2: next to, 3: in house {@code w}
   */
  record Clue(int type, int a, int v, int b, int w) {
    /** Whether it is true where {@code house[kind][thing]} says in which house something is. */
    boolean fits(int[][] house) {
      int here = house[a][v];
      return switch (type) {
        case 0 -> here == house[b][w];
        case 1 -> here + 1 == house[b][w];
        case 2 -> Math.abs(here - house[b][w]) == 1;
        default -> here == w;
      };
    }
  }

  static Puzzle zebra(Random random, int level) {
    int houses = level < 3 ? 3 : 4;
    int kinds = level == 1 ? 2 : level < 5 ? 3 : 4;
    List<List<String>> things = new ArrayList<>();
    things.add(Puzzle.some(random, houses, LogicPuzzles.NAMES));
    things.add(Puzzle.some(random, houses, PETS));
    things.add(Puzzle.some(random, houses, DRINKS));
    things.add(Puzzle.some(random, houses, COLOURS));
    int[][] solution = new int[kinds][];
    List<int[]> orders = orders(houses);
    for (int k = 0; k < kinds; k++) {
      solution[k] = Puzzle.one(random, orders);
    }
    List<int[][]> left = all(orders, kinds);
    List<Clue> clues = new ArrayList<>();
    while (left.size() > 1) {
      Clue clue = clue(random, houses, kinds);
      if (clue.fits(solution) && !clues.contains(clue)) {
        List<int[][]> fewer = left.stream().filter(clue::fits).toList();
        if (fewer.size() < left.size()) {
          clues.add(clue);
          left = fewer;
        }
      }
    }
    List<int[]> questions = questions(clues, houses, kinds);
    if (questions.isEmpty()) {
      return zebra(random, level);
    }
    int[] question = Puzzle.one(random, questions);
    int asked = question[0];
    int about = question[1];
    String gold = "";
    for (int v = 0; v < houses; v++) {
      gold = solution[about][v] == solution[0][asked] ? things.get(about).get(v) : gold;
    }
    StringBuilder text = new StringBuilder();
    text.append(houses).append(" houses stand in a row, numbered from left to right. ");
    text.append("In each lives one of ").append(Puzzle.and(things.get(0)));
    text.append(". Each has another pet (").append(Puzzle.and(things.get(1))).append(')');
    text.append(kinds > 2 ? ", another drink (" + Puzzle.and(things.get(2)) + ")" : "");
    text.append(
        kinds > 3 ? ", and a house of another colour (" + Puzzle.and(things.get(3)) + ")" : "");
    text.append(".");
    for (Clue clue : clues) {
      text.append(' ').append(said(clue, things));
    }
    String name = things.get(0).get(asked);
    text.append(" Which ")
        .append(List.of("", "pet does ", "drink does ", "colour is the house of ").get(about))
        .append(name)
        .append(about < 3 ? " have?" : "?")
        .append(" Answer with one word.");
    Puzzle puzzle =
        Puzzle.of(AnswerKind.CHOICE, text.toString(), gold)
            .with("choices", things.get(about))
            .with("sizes", new int[][] {{houses, kinds, about, asked}});
    return puzzle.with(
        "clues",
        clues.stream().map(c -> new int[] {c.type, c.a, c.v, c.b, c.w}).toArray(int[][]::new));
  }

  /** Persons and kinds of things, of which no clue says outright which belongs to which. */
  private static List<int[]> questions(List<Clue> clues, int houses, int kinds) {
    List<int[]> questions = new ArrayList<>();
    for (int person = 0; person < houses; person++) {
      for (int kind = 1; kind < kinds; kind++) {
        int asked = person;
        int about = kind;
        boolean said =
            clues.stream()
                .filter(c -> c.type == 0)
                .anyMatch(
                    c ->
                        (c.a == 0 && c.v == asked && c.b == about)
                            || (c.b == 0 && c.w == asked && c.a == about));
        if (!said) {
          questions.add(new int[] {person, kind});
        }
      }
    }
    return questions;
  }

  private static Clue clue(Random random, int houses, int kinds) {
    int type = random.nextInt(8);
    int a = random.nextInt(kinds);
    int v = random.nextInt(houses);
    int w = random.nextInt(houses);
    if (type == 7) {
      return new Clue(3, a, v, 0, w);
    }
    int b = (a + Puzzle.between(random, 1, kinds - 1)) % kinds;
    return new Clue(type < 4 ? 0 : type < 6 ? 2 : 1, a, v, b, w);
  }

  private static String said(Clue clue, List<List<String>> things) {
    String first = who(clue.a, things.get(clue.a).get(clue.v));
    String start = Character.toUpperCase(first.charAt(0)) + first.substring(1);
    String second = clue.type == 3 ? "" : who(clue.b, things.get(clue.b).get(clue.w));
    return start
        + switch (clue.type) {
          case 0 -> " is " + second + ".";
          case 1 -> " lives directly to the left of " + second + ".";
          case 2 -> " lives next to " + second + ".";
          default -> " lives in house " + (clue.w + 1) + ".";
        };
  }

  private static String who(int kind, String thing) {
    return switch (kind) {
      case 0 -> thing;
      case 1 -> "the owner of the " + thing;
      case 2 -> "the one who drinks " + thing;
      default -> "the one in the " + thing + " house";
    };
  }

  /** All orders of some things. */
  private static List<int[]> orders(int count) {
    List<int[]> all = new ArrayList<>();
    for (int code = 0; code < Math.pow(count, count); code++) {
      int[] order = new int[count];
      int used = 0;
      for (int i = 0, rest = code; i < count; i++, rest /= count) {
        order[i] = rest % count;
        used |= 1 << order[i];
      }
      if (used == (1 << count) - 1) {
        all.add(order);
      }
    }
    return all;
  }

  /** All ways to fill the houses. */
  private static List<int[][]> all(List<int[]> orders, int kinds) {
    List<int[][]> all = new ArrayList<>();
    all.add(new int[0][]);
    for (int k = 0; k < kinds; k++) {
      List<int[][]> longer = new ArrayList<>();
      for (int[][] start : all) {
        for (int[] order : orders) {
          int[][] next = Arrays.copyOf(start, k + 1);
          next[k] = order;
          longer.add(next);
        }
      }
      all = longer;
    }
    return all;
  }
}
