package org.r1zero.experiment.compare;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.r1zero.experiment.evaluate.EvaluatedSample;

/** From completions to one number per problem. */
final class PerProblem {
  private PerProblem() {}

  /** The mean of a value over each problem's completions, problems in the order of their ids. */
  static double[] of(
      List<EvaluatedSample> completions, boolean greedy, ToDoubleFunction<EvaluatedSample> value) {
    boolean onlyGreedy = completions.stream().allMatch(EvaluatedSample::isGreedy);
    Map<String, double[]> sums = new TreeMap<>();
    for (EvaluatedSample one : completions) {
      if (onlyGreedy || one.isGreedy() == greedy) {
        double[] sum = sums.computeIfAbsent(one.trace().problem(), p -> new double[2]);
        sum[0] += value.applyAsDouble(one);
        sum[1]++;
      }
    }
    return sums.values().stream().mapToDouble(sum -> sum[0] / sum[1]).toArray();
  }
}
