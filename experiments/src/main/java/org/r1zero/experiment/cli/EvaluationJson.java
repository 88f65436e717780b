package org.r1zero.experiment.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.r1zero.experiment.evaluate.Evaluation;
import org.r1zero.experiment.evaluate.Interval;

/** An evaluation as fields of a JSON object. */
final class EvaluationJson {
  private EvaluationJson() {}

  /**
   * Adds {@code pass1} (of samples), {@code pass1_greedy}, their {@code …_ci}, and {@code passK}.
   *
   * @param suffix of every name, such as {@code _before}; goes before {@code _ci}
   */
  static void put(ObjectNode node, String suffix, Evaluation evaluation) {
    interval(node, "pass1" + suffix, evaluation.sampled());
    interval(node, "pass1_greedy" + suffix, evaluation.greedy());
    evaluation
        .passAt()
        .forEach(
            (k, value) -> {
              if (k > 1) {
                node.put("pass" + k + suffix, value);
              }
            });
    node.put("problems" + suffix, evaluation.problems());
    node.put("samples" + suffix, evaluation.samples());
    node.put("mean_length" + suffix, evaluation.meanLength());
    node.put("truncated" + suffix, evaluation.truncated());
  }

  private static void interval(ObjectNode node, String name, Interval interval) {
    node.put(name, interval.mean());
    node.putArray(name + "_ci").add(interval.low()).add(interval.high());
  }
}
