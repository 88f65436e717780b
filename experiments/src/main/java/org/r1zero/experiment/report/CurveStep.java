package org.r1zero.experiment.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.r1zero.rollout.trace.RolloutTrace;

/**
 * A step of a learning curve.
 *
 * @param stage which of the run's stages with rewards it is of, from 0
 * @param number its number along the curve
 * @param values reward, accuracy, length and mixing, those that are known
 * @param samples rollouts of each problem
 * @param ofProblems for each of these the means of the step's problems, where its rollouts were
 *     kept: what an interval is drawn from
 */
record CurveStep(
    int stage,
    long number,
    Map<String, Double> values,
    int samples,
    Map<String, double[]> ofProblems) {

  /** Steps as report.js and other programs read them. */
  static ArrayNode points(List<CurveStep> steps) {
    ArrayNode points = JsonNodeFactory.instance.arrayNode();
    for (CurveStep step : steps) {
      ObjectNode point = points.addObject().put("step", step.number);
      step.values.forEach(point::put);
    }
    return points;
  }

  /** The mean of a value over each problem's rollouts. */
  static double[] ofProblems(List<RolloutTrace> rollouts, ToDoubleFunction<RolloutTrace> value) {
    return byProblem(rollouts).values().stream()
        .mapToDouble(group -> group.stream().mapToDouble(value).average().orElse(0))
        .toArray();
  }

  /** At most so many rollouts, as many of each problem. */
  static List<RolloutTrace> some(List<RolloutTrace> rollouts, int most) {
    Map<String, List<RolloutTrace>> groups = byProblem(rollouts);
    int each = Math.max(1, most / Math.max(1, groups.size()));
    List<RolloutTrace> some = new ArrayList<>();
    groups.values().forEach(g -> some.addAll(g.subList(0, Math.min(each, g.size()))));
    return some.subList(0, Math.min(most, some.size()));
  }

  private static Map<String, List<RolloutTrace>> byProblem(List<RolloutTrace> rollouts) {
    Map<String, List<RolloutTrace>> groups = new LinkedHashMap<>();
    for (RolloutTrace one : rollouts) {
      groups.computeIfAbsent(one.problem(), p -> new ArrayList<>()).add(one);
    }
    return groups;
  }
}
