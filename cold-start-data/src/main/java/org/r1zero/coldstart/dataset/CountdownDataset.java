package org.r1zero.coldstart.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Problem;

/**
 * {@code countdown}: reach a target with given numbers, each at most once, by + - * and /. Options:
 * {@code train} and {@code held_out}, how many of each; {@code min_numbers} and {@code
 * max_numbers}, how many are given, 2 to 8; {@code max_number}, the largest given, at most 1000.
 *
 * <p>TinyZero's task. A target is the value of a random expression over all the numbers with whole
 * results at each step, so every problem has a solution.
 */
public final class CountdownDataset implements DatasetProvider {
  private static final int MAX_TARGET = 1000;
  private static final int MAX_NUMBERS = 8;

  /** After so many tries without a new problem there is hardly any left. */
  private static final int MAX_FRUITLESS = 100_000;

  @Override
  public String name() {
    return "countdown";
  }

  @Override
  public Dataset load(JsonNode node, long seed) {
    OptionReader options = OptionReader.at("task.options", node);
    int train = options.positive("train", 4000);
    int heldOut = options.positive("held_out", 500);
    int min = options.positive("min_numbers", 3);
    int max = options.positive("max_numbers", 4);
    int largest = options.positive("max_number", 99);
    options.require(
        2 <= min && min <= max && max <= MAX_NUMBERS,
        String.format(
            "min_numbers and max_numbers must be 2 <= min_numbers <= max_numbers <= %d, were %d and"
                + " %d",
            MAX_NUMBERS, min, max));
    options.require(
        largest <= MAX_TARGET, "max_number must be <= " + MAX_TARGET + ", was " + largest);
    options.finish();
    long count = (long) train + heldOut;
    Random random = new Random(seed);
    Map<String, Problem> problems = new LinkedHashMap<>();
    int fruitless = 0;
    while (problems.size() < count) {
      Problem problem = make(random, min + random.nextInt(max - min + 1), largest);
      boolean isNew = problem != null && problems.putIfAbsent(problem.id(), problem) == null;
      fruitless = isNew ? 0 : fruitless + 1;
      if (fruitless > MAX_FRUITLESS) {
        throw new IllegalArgumentException(
            String.format(
                "task.options allow only some %s different problems, but train and held_out ask for"
                    + " %s; ask for fewer, or raise max_numbers or max_number",
                problems.size(), count));
      }
    }
    List<Problem> all = new ArrayList<>(problems.values());
    return new Dataset(name(), all.subList(heldOut, all.size()), all.subList(0, heldOut));
  }

  private static @Nullable Problem make(Random random, int count, int largest) {
    List<Integer> numbers =
        new ArrayList<>(
            IntStream.range(0, count).map(i -> 1 + random.nextInt(largest)).boxed().toList());
    int value = numbers.get(0);
    for (int i = 1; i < count; i++) {
      int next = numbers.get(i);
      switch (random.nextInt(4)) {
        case 0 -> value += next;
        case 1 -> value = Math.abs(value - next);
        case 2 -> value *= next;
        default -> {
          if (value % next != 0) {
            return null;
          }
          value /= next;
        }
      }
      if (value < 1 || value > MAX_TARGET) {
        return null;
      }
    }
    Collections.shuffle(numbers, random);
    ObjectNode data = JsonNodeFactory.instance.objectNode();
    numbers.forEach(data.putArray("numbers")::add);
    data.put("target", value);
    data.put("difficulty", count);
    List<Integer> sorted = numbers.stream().sorted().toList();
    String question =
        String.format(
            "Using the numbers %s, create an equation that equals %s. You can use basic arithmetic"
                + " operations (+, -, *, /) and each number can only be used once. Give the final"
                + " equation, such as (1 + 2) / 3, as the answer.",
            numbers, value);
    return new Problem("countdown/" + sorted + "=" + value, question, "", data);
  }
}
