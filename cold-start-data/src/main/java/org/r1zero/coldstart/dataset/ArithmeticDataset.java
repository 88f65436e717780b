package org.r1zero.coldstart.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import org.r1zero.coldstart.dataset.ArithmeticProblems.Split;
import org.r1zero.verify.OptionReader;

/**
 * {@code arithmetic}: word problems made from the run's seed. Options: {@code train} and {@code
 * held_out}, how many of each; {@code max_steps}, the most calculations that a problem needs, 1 to
 * 3.
 */
public final class ArithmeticDataset implements DatasetProvider {

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
    options.finish();
    return new Dataset(
        name(),
        ArithmeticProblems.generate(Split.TRAIN, train, maxSteps, seed),
        ArithmeticProblems.generate(Split.HELD_OUT, heldOut, maxSteps, seed + 1));
  }
}
