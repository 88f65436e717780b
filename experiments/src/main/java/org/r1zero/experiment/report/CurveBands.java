package org.r1zero.experiment.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.apache.commons.math3.random.MersenneTwister;
import org.apache.commons.math3.stat.StatUtils;

/**
 * Learning curves with 95 % intervals: at each step the mean of some steps around it, since a
 * step's few problems make a step alone jump, and the percentile bootstrap over seeds and those
 * steps' problems. A mean does not reach over the end of a stage.
 */
final class CurveBands {
  private static final List<String> FIELDS = List.of("accuracy", "reward", "length", "mixing");
  private static final int RESAMPLES = 400;

  /** A curve of so many steps is a mean of one; one of twice as many of three, and so on. */
  private static final int STEPS_A_SIDE = 30;

  private CurveBands() {}

  /** How many steps each point of a curve is the mean of. */
  static int window(int steps) {
    return 2 * (steps / STEPS_A_SIDE) + 1;
  }

  /**
   * The curve of an arm.
   *
   * @param seeds each training's steps
   * @return for each step the fields that are known, each with mean, low and high
   */
  static ArrayNode of(List<List<CurveStep>> seeds) {
    TreeSet<Long> numbers = new TreeSet<>();
    seeds.forEach(steps -> steps.forEach(step -> numbers.add(step.number())));
    int side = window(numbers.size()) / 2;
    ArrayNode band = JsonNodeFactory.instance.arrayNode();
    for (long number : numbers) {
      ObjectNode point = band.addObject().put("step", number);
      for (String field : FIELDS) {
        List<double[]> values = new ArrayList<>();
        boolean spread = true;
        for (List<CurveStep> steps : seeds) {
          List<CurveStep> around = around(steps, number, side, field);
          if (!around.isEmpty()) {
            spread &= around.stream().allMatch(s -> s.ofProblems().containsKey(field));
            values.add(values(around, field));
          }
        }
        if (!values.isEmpty()) {
          put(point.putObject(field), values, spread || values.size() > 1, number);
        }
      }
    }
    return band;
  }

  /** The steps near one that have a field, of the same stage; none where the one has not. */
  private static List<CurveStep> around(
      List<CurveStep> steps, long number, int side, String field) {
    List<CurveStep> found = new ArrayList<>();
    for (CurveStep middle : steps) {
      if (middle.number() == number && middle.point().path(field).isNumber()) {
        for (CurveStep step : steps) {
          if (Math.abs(step.number() - number) <= side
              && step.stage() == middle.stage()
              && step.point().path(field).isNumber()) {
            found.add(step);
          }
        }
      }
    }
    return found;
  }

  /** The problems' values where rollouts were kept, else the steps' own. */
  private static double[] values(List<CurveStep> steps, String field) {
    if (steps.stream().allMatch(step -> step.ofProblems().containsKey(field))) {
      return steps.stream()
          .flatMapToDouble(step -> Arrays.stream(step.ofProblems().get(field)))
          .toArray();
    }
    return steps.stream().mapToDouble(step -> step.point().path(field).asDouble()).toArray();
  }

  private static void put(ObjectNode point, List<double[]> seeds, boolean spread, long number) {
    double mean = seeds.stream().mapToDouble(StatUtils::mean).average().orElse(0);
    point.put("mean", mean);
    if (!spread) { // one training whose rollouts were not kept: nothing to draw again
      return;
    }
    MersenneTwister random = new MersenneTwister(number);
    double[] means = new double[RESAMPLES];
    for (int i = 0; i < RESAMPLES; i++) {
      for (int s = 0; s < seeds.size(); s++) {
        double[] values = seeds.get(random.nextInt(seeds.size()));
        double sum = 0;
        for (int v = 0; v < values.length; v++) {
          sum += values[random.nextInt(values.length)];
        }
        means[i] += sum / values.length / seeds.size();
      }
    }
    point.put("low", StatUtils.percentile(means, 2.5));
    point.put("high", StatUtils.percentile(means, 97.5));
  }
}
