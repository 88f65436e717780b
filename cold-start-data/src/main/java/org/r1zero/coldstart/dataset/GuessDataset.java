package org.r1zero.coldstart.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Problem;

/**
 * {@code guess}: numbers to be guessed in the environment of the same name. Options: {@code low}
 * and {@code high}, between which the numbers are, both included; {@code held_out}, how many of
 * them are not trained on. With 0 all are trained on and evaluated: each has the same question, so
 * that none can be learned by heart, while a policy may well learn which numbers never come.
 */
public final class GuessDataset implements DatasetProvider {
  private static final int LARGEST = 100_000;

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
    int heldOut = options.integer("held_out", Math.max(1, numbers / 5), 0, numbers - 1);
    options.finish();
    List<Problem> problems =
        new ArrayList<>(
            IntStream.rangeClosed(low, high).mapToObj(n -> problem(low, high, n)).toList());
    Collections.shuffle(problems, new Random(seed));
    return new Dataset(
        name(),
        problems.subList(heldOut, problems.size()),
        problems.subList(0, heldOut == 0 ? problems.size() : heldOut));
  }

  /** A number to be guessed between two others, both included. */
  public static Problem problem(int low, int high, int number) {
    return new Problem(
        "guess/" + low + "-" + high + "/" + number,
        String.format(
            "I think of a whole number from %s to %s. Guess it: say one number at a time, and I"
                + " will say whether mine is higher or lower.",
            low, high),
        Integer.toString(number));
  }
}
