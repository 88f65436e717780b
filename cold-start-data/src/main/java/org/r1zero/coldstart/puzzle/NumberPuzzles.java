package org.r1zero.coldstart.puzzle;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import org.r1zero.verify.puzzle.AnswerKind;

/** Puzzles about numbers. */
final class NumberPuzzles {
  private static final String ONE_NUMBER = " Answer with one number.";

  private NumberPuzzles() {}

  static Puzzle chain(Random random, int level) {
    long value = Puzzle.between(random, 1, 10 * level);
    StringBuilder text = new StringBuilder("Start with " + value + ".");
    long largest = pow(10, level + 1);
    for (int step = 0; step <= level; step++) {
      int number = Puzzle.between(random, 2, 10 * level);
      int factor = Puzzle.between(random, 2, 9);
      int kind = random.nextInt(4);
      if (kind == 0 && value * factor <= largest) {
        value *= factor;
        text.append(" Multiply by ").append(factor).append('.');
      } else if (kind == 1 && value >= number) {
        value -= number;
        text.append(" Subtract ").append(number).append('.');
      } else if (kind == 2 && value > 0 && value % factor == 0) {
        value /= factor;
        text.append(" Divide by ").append(factor).append('.');
      } else {
        value += number;
        text.append(" Add ").append(number).append('.');
      }
    }
    return Puzzle.of(AnswerKind.NUMBER, text + " What is the result?" + ONE_NUMBER, value);
  }

  static Puzzle base(Random random, int level) {
    int highest = level < 4 ? 9 : 16;
    int from = level == 1 && random.nextBoolean() ? 2 : 10;
    int to = from == 2 ? 10 : level == 1 ? 2 : Puzzle.between(random, 2, highest);
    if (level >= 3) {
      from = Puzzle.between(random, 2, highest);
    }
    while (to == from) {
      to = Puzzle.between(random, 2, highest);
    }
    int number = Puzzle.between(random, 4, 12 << (2 * level));
    String letters = Math.max(from, to) > 10 ? " Digits above 9 are letters, from A for 10." : "";
    return Puzzle.of(
        AnswerKind.DIGITS,
        String.format(
            Locale.ROOT,
            "Write the number %s, which is in base %d, in base %d.%s Answer with its digits only.",
            Integer.toString(number, from).toUpperCase(Locale.ROOT),
            from,
            to,
            letters),
        Integer.toString(number, to).toUpperCase(Locale.ROOT));
  }

  static Puzzle sequence(Random random, int level) {
    while (true) {
      long[] terms = terms(random, level);
      Set<Long> next = next(Arrays.copyOf(terms, terms.length - 1));
      if (next.equals(Set.of(terms[terms.length - 1]))) {
        String shown =
            Arrays.stream(terms)
                .limit(terms.length - 1)
                .mapToObj(String::valueOf)
                .collect(Collectors.joining(", "));
        return Puzzle.of(
            AnswerKind.NUMBER,
            "Which number comes next in this sequence: " + shown + "?" + ONE_NUMBER,
            terms[terms.length - 1]);
      }
    }
  }

  /** A sequence with its next term last. */
  private static long[] terms(Random random, int level) {
    int kind = level == 1 ? 0 : random.nextInt(Math.min(level, 5));
    long[] terms = new long[kind == 4 ? 9 : 7];
    long start = Puzzle.between(random, 1, 20 * level);
    long step = Puzzle.between(random, 2, 10 * level);
    long more = Puzzle.between(random, 1, 2 * level);
    for (int i = 0; i < terms.length; i++) {
      terms[i] =
          switch (kind) {
            case 0 -> start + i * step;
            case 1 -> start * pow(2 + more % 3, i);
            case 2 -> start + i * step + more * i * (i - 1) / 2;
            case 3 -> i == 0 ? start : i == 1 ? start + step : terms[i - 1] + terms[i - 2];
            default -> i % 2 == 0 ? start + i / 2 * step : more + i / 2 * (step + more);
          };
    }
    return terms;
  }

  private static long pow(long base, int exponent) {
    long value = 1;
    for (int i = 0; i < exponent; i++) {
      value *= base;
    }
    return value;
  }

  /** What comes next by each rule that the terms follow: one answer, or the question is open. */
  private static Set<Long> next(long[] terms) {
    Set<Long> next = new HashSet<>();
    int n = terms.length;
    long first = terms[1] - terms[0];
    long second = terms[2] - 2 * terms[1] + terms[0];
    boolean linear = true;
    boolean quadratic = true;
    boolean geometric = true;
    boolean sums = true;
    boolean interleaved = n >= 8;
    for (int i = 1; i < n; i++) {
      linear &= terms[i] - terms[i - 1] == first;
      geometric &= terms[i] * terms[0] == terms[i - 1] * terms[1];
    }
    for (int i = 2; i < n; i++) {
      quadratic &= terms[i] - 2 * terms[i - 1] + terms[i - 2] == second;
      sums &= terms[i] == terms[i - 1] + terms[i - 2];
    }
    for (int i = 4; i < n; i++) {
      interleaved &= terms[i] - 2 * terms[i - 2] + terms[i - 4] == 0;
    }
    if (linear) {
      next.add(terms[n - 1] + first);
    }
    if (quadratic) {
      next.add(2 * terms[n - 1] - terms[n - 2] + second);
    }
    if (geometric && terms[0] != 0) {
      next.add(terms[n - 1] * terms[1] / terms[0]);
    }
    if (sums) {
      next.add(terms[n - 1] + terms[n - 2]);
    }
    if (interleaved) {
      next.add(2 * terms[n - 2] - terms[n - 4]);
    }
    return next;
  }

  static Puzzle matrix(Random random, int level) {
    int size = level < 4 ? 2 : 3;
    int[][] a = random(random, size, 4 + 2 * level);
    int[][] b = random(random, size, 4 + 2 * level);
    if (level == 5 || (level == 2 && random.nextBoolean())) {
      int value = size == 2 ? a[0][0] * a[1][1] - a[0][1] * a[1][0] : determinant(a);
      return Puzzle.of(
          AnswerKind.NUMBER,
          "A is " + shown(a) + ". What is the determinant of A?" + ONE_NUMBER,
          value);
    }
    int[][] result = new int[size][size];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        for (int k = 0; k < size; k++) {
          result[i][j] += a[i][k] * b[k][j];
        }
        result[i][j] =
            level == 1 ? a[i][j] + b[i][j] : level == 2 ? a[i][j] - b[i][j] : result[i][j];
      }
    }
    String operation = level == 1 ? "A + B" : level == 2 ? "A - B" : "the matrix product A B";
    return Puzzle.of(
        AnswerKind.NUMBERS,
        String.format(
            "A is %s and B is %s. What is %s? Answer with the numbers row by row, such as %s.",
            shown(a), shown(b), operation, shown(new int[size][size])),
        shown(result));
  }

  private static int determinant(int[][] a) {
    return a[0][0] * (a[1][1] * a[2][2] - a[1][2] * a[2][1])
        - a[0][1] * (a[1][0] * a[2][2] - a[1][2] * a[2][0])
        + a[0][2] * (a[1][0] * a[2][1] - a[1][1] * a[2][0]);
  }

  private static int[][] random(Random random, int size, int largest) {
    int[][] matrix = new int[size][size];
    for (int[] row : matrix) {
      Arrays.setAll(row, i -> random.nextInt(largest + 1));
    }
    return matrix;
  }

  private static String shown(int[][] matrix) {
    StringJoiner rows = new StringJoiner(", ", "[", "]");
    for (int[] row : matrix) {
      rows.add(Arrays.toString(row));
    }
    return rows.toString();
  }
}
