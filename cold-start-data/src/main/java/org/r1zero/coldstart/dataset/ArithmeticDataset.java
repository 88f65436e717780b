package org.r1zero.coldstart.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import org.r1zero.coldstart.dataset.ArithmeticProblems.Split;
import org.r1zero.verify.OptionReader;

/**
 * {@code arithmetic}: word problems made from the run's seed. Options: {@code train} and {@code
 * held_out}, how many of each; {@code max_steps}, the most calculations that a problem needs, 1 to
 * 3; {@code limit}, below which all numbers stay, 100 if left out: the embedded model was made from
 * numbers below 100, larger ones it can't do in its head.
 */
public final class ArithmeticDataset implements DatasetProvider {
  private static final int LARGEST = 1_000_000;

  @Override
  public String name() {
    return "arithmetic";
  }

  @Override
  public Dataset load(JsonNode node, long seed) {
    OptionReader options = OptionReader.at("task.options", node);
    int train = options.positive("train", 4000);
    int heldOut = options.positive("held_out", 1000);
    int maxSteps = options.positive("max_steps", ArithmeticProblems.MAX_STEPS);
    options.require(
        maxSteps <= ArithmeticProblems.MAX_STEPS,
        "max_steps must be <= " + ArithmeticProblems.MAX_STEPS + ", was " + maxSteps);
    int limit = options.positive("limit", ArithmeticProblems.LIMIT);
    options.require(
        limit >= ArithmeticProblems.LIMIT && limit <= LARGEST,
        "limit must be from " + ArithmeticProblems.LIMIT + " to " + LARGEST + ", was " + limit);
    options.finish();
    return new Dataset(
        name(),
        ArithmeticProblems.generate(Split.TRAIN, train, maxSteps, limit, seed),
        ArithmeticProblems.generate(Split.HELD_OUT, heldOut, maxSteps, limit, seed + 1));
  }
}
