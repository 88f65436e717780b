package org.r1zero.experiment.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CurveBandsTest {

  @Test
  void aPointIsTheMeanOfSeedsWithAnIntervalAroundIt() {
    JsonNode band =
        CurveBands.of(
            List.of(List.of(step(0, 0, 0.5, 0.25, 0.75)), List.of(step(0, 0, 1.0, 1.0, 1.0, 1.0))));
    JsonNode accuracy = band.at("/0/accuracy");
    assertThat(accuracy.path("mean").asDouble()).isCloseTo(0.75, within(1e-12));
    assertThat(accuracy.path("low").asDouble()).isBetween(0.1, 0.5);
    assertThat(accuracy.path("high").asDouble()).isBetween(0.9, 1.0);
    assertThat(band.at("/0/reward").isMissingNode()).isTrue();
  }

  @Test
  void theIntervalIsThatOfTheNormalApproximationWhereThatHolds() {
    Random random = new Random(3);
    double[] values = random.doubles(400).map(v -> v < 0.3 ? 1 : 0).toArray();
    double mean = java.util.Arrays.stream(values).average().orElse(0);
    double half = 1.96 * Math.sqrt(mean * (1 - mean) / values.length);
    JsonNode accuracy = CurveBands.of(List.of(List.of(step(0, 0, mean, values)))).at("/0/accuracy");
    assertThat(accuracy.path("low").asDouble()).isCloseTo(mean - half, within(0.2 * half));
    assertThat(accuracy.path("high").asDouble()).isCloseTo(mean + half, within(0.2 * half));
  }

  @Test
  void manyStepsAreSmoothedWithinTheirStage() {
    List<CurveStep> steps = new ArrayList<>();
    for (int i = 0; i < 40; i++) { // two stages: 0 right, then all
      double value = i < 20 ? 0 : 1;
      steps.add(step(i, i / 20, value, value, value));
    }
    steps.set(10, step(10, 0, 0.9, 0.9, 0.9));
    assertThat(CurveBands.window(40)).isEqualTo(3);
    JsonNode band = CurveBands.of(List.of(steps));
    assertThat(band).hasSize(40);
    assertThat(band.at("/9/accuracy/mean").asDouble()).isCloseTo(0.3, within(1e-12));
    assertThat(band.at("/19/accuracy/mean").asDouble()).isZero();
    assertThat(band.at("/20/accuracy/mean").asDouble()).isEqualTo(1);
    assertThat(CurveBands.window(20)).isEqualTo(1);
  }

  @Test
  void oneTrainingWithoutRolloutsHasNoInterval() {
    JsonNode accuracy = CurveBands.of(List.of(List.of(step(0, 0, 0.5)))).at("/0/accuracy");
    assertThat(accuracy.path("mean").asDouble()).isEqualTo(0.5);
    assertThat(accuracy.has("low")).isFalse();
  }

  /** Without values, of a step whose rollouts were not kept. */
  private static CurveStep step(long number, int stage, double accuracy, double... ofProblems) {
    return new CurveStep(
        stage,
        number,
        Map.of("accuracy", accuracy),
        1,
        ofProblems.length == 0 ? Map.of() : Map.of("accuracy", ofProblems));
  }
}
