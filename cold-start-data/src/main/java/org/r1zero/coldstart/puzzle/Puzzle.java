package org.r1zero.coldstart.puzzle;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.r1zero.verify.puzzle.AnswerKind;

/**
 * A puzzle.
 *
 * @param question says all that is needed, and in which form the answer is wanted
 * @param gold a right answer in that form
 * @param data what the verifier {@code puzzle} reads, and what the puzzle was made of
 */
public record Puzzle(String question, String gold, ObjectNode data) {

  /** A puzzle whose only right answer is the gold. */
  static Puzzle of(AnswerKind kind, String question, Object gold) {
    ObjectNode data = JsonNodeFactory.instance.objectNode();
    data.put("kind", kind.name().toLowerCase(Locale.ROOT));
    return new Puzzle(question, String.valueOf(gold), data);
  }

  /** The same with a list of texts in its data. */
  Puzzle with(String field, List<String> texts) {
    ArrayNode array = data.putArray(field);
    texts.forEach(array::add);
    return this;
  }

  /** The same with rows of numbers in its data. */
  Puzzle with(String field, int[][] rows) {
    ArrayNode array = data.putArray(field);
    for (int[] row : rows) {
      ArrayNode numbers = array.addArray();
      Arrays.stream(row).forEach(numbers::add);
    }
    return this;
  }

  /** A whole number from {@code min} to {@code max}. */
  static int between(Random random, int min, int max) {
    return min + random.nextInt(max - min + 1);
  }

  /** Some of a list, in random order, each at most once. */
  static <T> List<T> some(Random random, int count, List<T> of) {
    List<T> all = new ArrayList<>(of);
    for (int i = 0; i < count; i++) {
      int other = between(random, i, all.size() - 1);
      T taken = all.get(other);
      all.set(other, all.get(i));
      all.set(i, taken);
    }
    return new ArrayList<>(all.subList(0, count));
  }

  /** One of a list. */
  static <T> T one(Random random, List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  /** {@code a, b and c}. */
  static String and(List<String> texts) {
    int last = texts.size() - 1;
    return last == 0
        ? texts.get(0)
        : String.join(", ", texts.subList(0, last)) + " and " + texts.get(last);
  }
}
