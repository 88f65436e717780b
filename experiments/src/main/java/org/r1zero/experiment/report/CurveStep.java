package org.r1zero.experiment.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * A step of a learning curve.
 *
 * @param stage which of the run's stages with rewards it is of, from 0
 * @param point step, reward, accuracy, length and mixing, those that are known
 * @param samples rollouts of each problem
 * @param ofProblems for each of these the means of the step's problems, where its rollouts were
 *     kept: what an interval is drawn from
 */
record CurveStep(int stage, ObjectNode point, int samples, Map<String, double[]> ofProblems) {

  /** Its number along the curve. */
  long number() {
    return point.path("step").asLong();
  }

  /** The mean of a value over each problem's rollouts. */
  static double[] ofProblems(List<JsonNode> rollouts, ToDoubleFunction<JsonNode> value) {
    return byProblem(rollouts).values().stream()
        .mapToDouble(group -> group.stream().mapToDouble(value).average().orElse(0))
        .toArray();
  }

  /** At most so many rollouts, as many of each problem. */
  static List<JsonNode> some(List<JsonNode> rollouts, int most) {
    Map<String, List<JsonNode>> groups = byProblem(rollouts);
    int each = Math.max(1, most / Math.max(1, groups.size()));
    List<JsonNode> some = new ArrayList<>();
    groups.values().forEach(g -> some.addAll(g.subList(0, Math.min(each, g.size()))));
    return some.subList(0, Math.min(most, some.size()));
  }

  private static Map<String, List<JsonNode>> byProblem(List<JsonNode> rollouts) {
    Map<String, List<JsonNode>> groups = new LinkedHashMap<>();
    for (JsonNode one : rollouts) {
      groups.computeIfAbsent(one.path("problem").asText(), p -> new ArrayList<>()).add(one);
    }
    return groups;
  }
}
