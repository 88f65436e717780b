package org.r1zero.experiment.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.r1zero.experiment.evaluate.Evaluation;
import org.r1zero.experiment.evaluate.EvaluationDetails;
import org.r1zero.experiment.evaluate.Interval;
import org.r1zero.experiment.metrics.JsonFiles;

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

  /** Adds what {@link EvaluationDetails} has, a field for each of its parts. */
  static void putDetails(ObjectNode node, EvaluationDetails details) {
    details.passAt().forEach((k, interval) -> ci(node, "pass" + k + "_ci", interval));
    details.consAt().forEach((k, interval) -> interval(node, "cons" + k, interval));
    if (!details.consAt().isEmpty()) {
      node.put("cons_tied", details.tied());
    }
    node.set("by_difficulty", JsonFiles.node(details.byDifficulty()));
    node.set("readability", JsonFiles.node(details.readability()));
    node.set("self_checks", JsonFiles.node(details.selfChecks()));
    node.set("token_budgets", JsonFiles.node(details.budgets()));
  }

  private static void ci(ObjectNode node, String name, Interval interval) {
    if (!node.has(name)) {
      node.putArray(name).add(interval.low()).add(interval.high());
    }
  }

  private static void interval(ObjectNode node, String name, Interval interval) {
    node.put(name, interval.mean());
    node.putArray(name + "_ci").add(interval.low()).add(interval.high());
  }
}
