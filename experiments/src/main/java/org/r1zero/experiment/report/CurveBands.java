package org.r1zero.experiment.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.math3.stat.StatUtils;
import org.r1zero.experiment.evaluate.Interval;

/**
 * Learning curves with 95 % intervals: at each step the mean of some steps around it, since a
 * step's few problems make a step alone jump, and the interval over seeds and those steps'
 * problems. A mean does not reach over the end of a stage.
 */
final class CurveBands {
  private static final List<String> FIELDS = List.of("accuracy", "reward", "length", "mixing");
  private static final Set<String> SHARES = Set.of("accuracy", "mixing");

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
        int samples = 1;
        for (List<CurveStep> steps : seeds) {
          List<CurveStep> around = around(steps, number, side, field);
          if (!around.isEmpty()) {
            spread &= around.stream().allMatch(s -> s.ofProblems().containsKey(field));
            values.add(values(around, field));
            samples = Math.max(samples, around.get(0).samples());
          }
        }
        if (!values.isEmpty()) {
          put(point.putObject(field), values, SHARES.contains(field) ? samples : 0, spread);
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
      if (middle.number() == number && middle.values().containsKey(field)) {
        for (CurveStep step : steps) {
          if (Math.abs(step.number() - number) <= side
              && step.stage() == middle.stage()
              && step.values().containsKey(field)) {
            found.add(step);
          }
        }
      }
    }
    return found;
  }

  /** The problems' values where rollouts were kept, otherwise the steps' own. */
  private static double[] values(List<CurveStep> steps, String field) {
    if (steps.stream().allMatch(step -> step.ofProblems().containsKey(field))) {
      return steps.stream()
          .flatMapToDouble(step -> Arrays.stream(step.ofProblems().get(field)))
          .toArray();
    }
    return steps.stream().mapToDouble(step -> step.values().getOrDefault(field, 0.0)).toArray();
  }

  /** One training whose rollouts were not kept has no interval: nothing says how it spreads. */
  private static void put(ObjectNode point, List<double[]> seeds, int samples, boolean spread) {
    double[] all = seeds.stream().flatMapToDouble(Arrays::stream).toArray();
    double[] means = seeds.stream().mapToDouble(StatUtils::mean).toArray();
    Interval interval =
        samples > 0 ? Interval.ofShares(all, samples, means) : Interval.ofMeans(all, means);
    point.put("mean", interval.mean());
    if (spread || seeds.size() > 1) {
      point.put("low", interval.low()).put("high", interval.high());
    }
  }
}
