package org.r1zero.experiment.evaluate;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.Verifiers;

/** Counts the signs of checking and correcting over an evaluation. */
final class SelfCheckSummary {
  private final Map<String, List<EvaluatedSample>> groups;
  private final Map<EvaluatedSample, SelfChecks> checks = new HashMap<>();

  SelfCheckSummary(Map<String, List<EvaluatedSample>> groups) {
    this.groups = groups;
    for (List<EvaluatedSample> group : groups.values()) {
      for (EvaluatedSample one : group) {
        checks.put(one, SelfChecks.of(one.trace().completion()));
      }
    }
  }

  EvaluationDetails.SelfCheckRates rates() {
    int corrected = 0;
    int correctedRight = 0;
    int wrongToRight = 0;
    int rightToWrong = 0;
    Verifier number = null;
    for (Map.Entry<EvaluatedSample, SelfChecks> entry : checks.entrySet()) {
      EvaluatedSample one = entry.getKey();
      if (entry.getValue().corrections() == 0) {
        continue;
      }
      corrected++;
      correctedRight += one.right() ? 1 : 0;
      number = number == null ? lastNumber() : number;
      Optional<Boolean> before = rightBefore(one, entry.getValue(), number);
      wrongToRight += before.isPresent() && !before.get() && one.right() ? 1 : 0;
      rightToWrong += before.isPresent() && before.get() && !one.right() ? 1 : 0;
    }
    return new EvaluationDetails.SelfCheckRates(
        rate(SelfChecks::verifications),
        rate(SelfChecks::corrections),
        corrected,
        correctedRight,
        wrongToRight,
        rightToWrong);
  }

  /** Whether the last number before the correction is the gold; empty where there is none. */
  private static Optional<Boolean> rightBefore(
      EvaluatedSample one, SelfChecks checks, Verifier number) {
    String before = one.trace().completion().substring(0, checks.firstCorrection());
    Problem problem = new Problem(one.trace().problem(), "", one.trace().gold());
    try {
      Outcome outcome = number.verify(problem, Completion.of(before)).outcome();
      return outcome == Outcome.UNPARSEABLE
          ? Optional.empty()
          : Optional.of(outcome == Outcome.CORRECT);
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // the gold is no number
    }
  }

  private static Verifier lastNumber() {
    ObjectNode options = JsonNodeFactory.instance.objectNode();
    options.putArray("sources").add("last");
    return Verifiers.discover().create("number", options);
  }

  private Interval rate(java.util.function.ToIntFunction<SelfChecks> count) {
    return Analysis.share(
        groups, one -> count.applyAsInt(checks.getOrDefault(one, SelfChecks.of(""))) > 0 ? 1 : 0);
  }
}
