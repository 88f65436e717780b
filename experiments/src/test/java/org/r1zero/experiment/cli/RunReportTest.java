package org.r1zero.experiment.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.r1zero.experiment.evaluate.EvaluatedSample;
import org.r1zero.experiment.evaluate.Evaluation;
import org.r1zero.experiment.evaluate.Judges;
import org.r1zero.rollout.trace.RolloutTrace;
import org.r1zero.rollout.trace.RolloutTrace.VerdictTrace;

class RunReportTest {

  @Test
  void learnedIsWhatWasWrongAndIsRightAndReadable() {
    // problem 0 stays wrong though its form earns more now; 1 was right; 3 is right and unreadable
    Evaluation before = evaluation(new boolean[] {false, true, false, false}, 0, 4);
    Evaluation after = evaluation(new boolean[] {false, true, true, true}, 0.2, 3);
    assertThat(RunReport.learned(before, after)).containsExactly(2);
  }

  /** One greedy completion of each problem; from {@code unreadable} on they are not readable. */
  private static Evaluation evaluation(boolean[] right, double bonus, int unreadable) {
    List<EvaluatedSample> samples =
        IntStream.range(0, right.length)
            .mapToObj(
                i -> {
                  String outcome = i < unreadable ? "correct" : "incorrect";
                  RolloutTrace trace =
                      new RolloutTrace(
                          0,
                          "p" + i,
                          -1,
                          "Question",
                          "said",
                          "4",
                          1,
                          "stop",
                          bonus + (right[i] ? 1 : 0),
                          Map.of(
                              Judges.PREFIX + "language", new VerdictTrace(1, outcome, "because")),
                          1);
                  return new EvaluatedSample(trace, right[i], "", null, -1);
                })
            .toList();
    return Evaluation.of(samples, 10);
  }
}
