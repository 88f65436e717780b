package org.r1zero.coldstart.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Problem;

/**
 * {@code guess}: numbers to be guessed in the environment of the same name. Options: {@code low}
 * and {@code high}, between which all numbers are, both included; {@code width}, how many numbers a
 * problem's own range has, all of them if left out; {@code held_out}, how many problems are not
 * trained on. With a width there is a problem for each number of each range, so that what is held
 * out can't be guessed by learning which numbers never come.
 */
public final class GuessDataset implements DatasetProvider {
  private static final int LARGEST = 100_000;
  private static final int MOST = 1_000_000;

  @Override
  public String name() {
    return "guess";
  }

  @Override
  public Dataset load(JsonNode node, long seed) {
    OptionReader options = OptionReader.at("task.options", node);
    int low = options.positive("low", 1);
    int high = options.positive("high", 100);
    options.require(
        low < high && high <= LARGEST,
        "low and high must be low < high <= " + LARGEST + ", were " + low + " and " + high);
    int numbers = Math.max(2, high - low + 1);
    int width = options.positive("width", numbers);
    options.require(
        width >= 2 && width <= numbers, "width must be from 2 to " + numbers + ", was " + width);
    int ranges = numbers - width + 1;
    options.require(
        (long) ranges * width <= MOST,
        "width must leave at most " + MOST + " problems, left " + (long) ranges * width);
    int heldOut = options.positive("held_out", Math.max(1, ranges * width / 5));
    options.require(
        heldOut < ranges * width,
        "held_out must be < " + (long) ranges * width + ", was " + heldOut);
    options.finish();
    List<Problem> problems = new ArrayList<>();
    for (int from = low; from < low + ranges; from++) {
      for (int number = from; number < from + width; number++) {
        problems.add(problem(from, from + width - 1, number));
      }
    }
    Collections.shuffle(problems, new Random(seed));
    return new Dataset(
        name(), problems.subList(heldOut, problems.size()), problems.subList(0, heldOut));
  }

  private static Problem problem(int low, int high, int number) {
    return new Problem(
        "guess/" + low + "-" + high + "/" + number,
        "I think of a whole number from "
            + low
            + " to "
            + high
            + ". Guess it: say one number at a time, and I will say whether mine is higher or"
            + " lower.",
        Integer.toString(number));
  }
}
