package org.r1zero.experiment.compare;

import java.util.List;
import org.r1zero.experiment.evaluate.Evaluation;
import org.r1zero.experiment.evaluate.PairedDifference.Measured;

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

  /** What every problem was measured at with each training. */
  public Measured measured(Measure measure) {
    return new Measured(
        seeds.stream()
            .map(
                seed ->
                    PerProblem.of(seed.evaluation().completions(), measure.greedy(), measure.of()))
            .toArray(double[][]::new),
        measure.greedy() ? 1 : Math.max(1, seeds.get(0).evaluation().samples()),
        measure.isShare(),
        !isBase());
  }
}
