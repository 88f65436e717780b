package org.r1zero.experiment.compare;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.grpo.faults.Faults;

/**
 * What is compared, how it is measured and what it is priced at.
 *
 * @param name becomes part of the folder's name
 * @param arms the ways of training that are compared, at least one
 * @param seeds each arm is trained with each of these seeds
 * @param shared recipe keys laid over every arm's recipe: model, task, evaluation, budget
 * @param base whether the model that arms start from is measured too, as an arm without training
 * @param evaluationSeed makes the problems and draws the samples of the evaluation: the same for
 *     all arms and seeds
 * @param output the folder that the comparison's folder goes to
 * @param price what an hour of this machine costs, and its power
 */
public record CompareConfig(
    String name,
    List<ArmConfig> arms,
    List<String> seeds,
    ObjectNode shared,
    boolean base,
    long evaluationSeed,
    String output,
    Price price) {

  /**
   * One way of training.
   *
   * @param name what tables and charts call the arm
   * @param recipe the file of a training recipe or of a pipeline's, relative to the comparison's
   * @param settings changes of the recipe, as {@code --set} takes them
   */
  public record ArmConfig(String name, String recipe, List<String> settings) {

    /** Fixes the list. */
    public ArmConfig {
      settings = List.copyOf(settings);
    }

    /** Nothing: name and recipe have no default, and an empty one is a fault. */
    public static ArmConfig defaults() {
      return new ArmConfig("", "", List.of());
    }
  }

  /**
   * What turns wall time into cost and energy.
   *
   * @param perHour the price of an hour of this machine
   * @param currency of the price
   * @param watts power of this machine under load: an estimate, nothing is measured
   */
  public record Price(double perHour, String currency, double watts) {

    /** Checks the ranges. */
    public Price {
      Faults faults = new Faults();
      faults.require(perHour >= 0, "per_hour", "must be >= 0, was " + perHour);
      faults.require(watts >= 0, "watts", "must be >= 0, was " + watts);
      faults.check();
    }

    /** About what a cloud asks for two cores, and what they draw. */
    public static Price defaults() {
      return new Price(0.10, "USD", 40);
    }
  }

  /** Checks arms and seeds; all faults are named at once. */
  public CompareConfig {
    Faults faults = new Faults();
    Recipe.checkName(faults, name);
    faults.require(
        !arms.isEmpty(),
        "arms",
        "must name at least one arm, such as {name: R1-Zero, recipe: r1-zero.yaml}");
    Set<String> folders = new HashSet<>();
    for (ArmConfig arm : arms) {
      if (arm.name().isBlank() || arm.recipe().isBlank()) {
        faults.add("arms", "must have a name and a recipe, one was " + arm);
      } else if (!folders.add(folder(arm.name()))) {
        faults.add("arms", "must have different names, two are " + arm.name());
      }
    }
    faults.require(
        !seeds.isEmpty() && seeds.stream().allMatch(seed -> seed.matches("-?\\d{1,18}")),
        "seeds",
        "must be a list of whole numbers, such as [1, 2, 3], was " + seeds);
    faults.require(
        new HashSet<>(seeds).size() == seeds.size(), "seeds", "must be different, were " + seeds);
    faults.check();
    arms = List.copyOf(arms);
    seeds = List.copyOf(seeds);
  }

  /** One seed and this machine; arms have no default. */
  public static CompareConfig defaults() {
    return new CompareConfig(
        "compare",
        List.of(new ArmConfig("none", "none", List.of())),
        List.of("1"),
        JsonNodeFactory.instance.objectNode(),
        true,
        1000,
        "runs",
        Price.defaults());
  }

  /** The seeds as numbers. */
  public List<Long> seedNumbers() {
    return seeds.stream().map(Long::valueOf).toList();
  }

  /** A folder's name for an arm. */
  static String folder(String arm) {
    return arm.toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
  }
}
