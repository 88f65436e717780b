package org.r1zero.experiment.compare;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.r1zero.experiment.evaluate.EvaluatedSample;
import org.r1zero.experiment.evaluate.Evaluation;

/**
 * An arm, trained and measured.
 *
 * @param name in tables and charts
 * @param recipe its file; empty for the base
 * @param recipeYaml its keys
 * @param model the base model that it starts from
 * @param seeds one result each; none where all failed
 * @param failed tries that did not come to a model
 */
public record ArmResult(
    String name,
    String recipe,
    String recipeYaml,
    String model,
    List<SeedResult> seeds,
    List<ArmRun> failed) {

  /**
   * One training of an arm.
   *
   * @param seed of the training
   * @param run what it came to
   * @param evaluation of its model
   */
  public record SeedResult(long seed, ArmRun run, Evaluation evaluation) {}

  /** Whether it is a base model, measured without training. */
  public boolean isBase() {
    return recipe.isEmpty();
  }

  /** Whether there is anything to compare. */
  public boolean isMeasured() {
    return !seeds.isEmpty();
  }

  /**
   * A number of every problem: the mean over its completions.
   *
   * @param greedy of the greedy completions, else of the sampled ones
   * @return {@code [seed][problem]}, problems in the order of their ids
   */
  public double[][] perProblem(boolean greedy, ToDoubleFunction<EvaluatedSample> value) {
    return seeds.stream()
        .map(seed -> PerProblem.of(seed.evaluation().completions(), greedy, value))
        .toArray(double[][]::new);
  }
}
