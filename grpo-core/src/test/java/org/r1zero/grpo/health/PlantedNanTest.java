package org.r1zero.grpo.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.r1zero.grpo.RolloutSource;
import org.r1zero.grpo.StepReport;
import org.r1zero.grpo.TestTraining;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.TestModels;

/** A NaN put into the arrays in the middle of training is found, named and answered by policy. */
class PlantedNanTest {
  private static final long PLANTED = 1; // the second of three steps
  private final List<String> said = new ArrayList<>();
  private final List<StepReport> reports = new ArrayList<>();
  private PolicyModel policy;

  @BeforeEach
  void makePolicy() {
    policy = TestModels.random(1);
  }

  @AfterEach
  void closePolicy() {
    policy.close();
  }

  @Test
  void gradientIsNotAppliedAndTrainingGoesOn() {
    train(HealthAction.SKIP, true);
    assertThat(said).singleElement().asString().contains("step 2: the gradient's norm is NaN");
    assertThat(reports).hasSize(3);
    assertThat(reports.get(1).metric("health/skipped_updates")).isEqualTo(1);
    assertThat(reports.get(2).metric("health/skipped_steps")).isEqualTo(1);
    assertThat(reports.get(2).metric("grad_norm")).as("the next one is clean").isPositive();
    assertFinite();
  }

  @Test
  void weightThatWasNanForAStepSkipsThatStep() {
    train(HealthAction.SKIP, false);
    assertThat(said)
        .singleElement()
        .asString()
        .contains("step 2: the loss is NaN (weights model.norm.weight hold NaN)");
    assertThat(reports.get(2).metric("health/skipped_updates")).isEqualTo(1);
    assertThat(reports.get(2).metric("loss")).isFinite();
    assertFinite();
  }

  @Test
  void policyStopEndsTheRunWithTheWeightsUntouched() {
    assertThatThrownBy(() -> train(HealthAction.STOP, true))
        .isInstanceOf(HealthException.class)
        .hasMessageContaining("step 2: the gradient's norm is NaN")
        .hasMessageContaining("stopped by policy");
    assertFinite();
    assertThatThrownBy(() -> train(HealthAction.STOP, false))
        .isInstanceOf(HealthException.class)
        .hasMessageContaining("the loss is NaN");
  }

  @Test
  void policyWarnSaysItAndStillAppliesNoNan() {
    train(HealthAction.WARN, false);
    assertThat(said).hasSize(2);
    assertThat(said.get(0)).contains("the loss is NaN");
    assertThat(said.get(1)).contains("the update was not applied");
    assertThat(reports.get(2).metric("health/warnings")).isEqualTo(1);
    assertThat(reports.get(2).metric("health/skipped_updates")).isEqualTo(1);
    assertFinite();
  }

  private void assertFinite() {
    for (float value : policy.tensor("model.embed_tokens.weight").array()) {
      assertThat(value).isFinite();
    }
  }

  private void train(HealthAction nan, boolean inGradient) {
    HealthConfig d = HealthConfig.defaults();
    HealthAction off = HealthAction.OFF;
    HealthConfig health =
        new HealthConfig(nan, off, off, off, off, off, d.maxMismatch(), d.maxKl(), 0, 0.5, 5, 5);
    NDArray norm = parameter(false);
    NDArray target = inGradient ? parameter(true) : norm;
    float clean = norm.getFloat(0);
    RolloutSource source =
        (step, version) -> {
          if (step == PLANTED) {
            target.set(new NDIndex(0), Float.NaN);
          } else if (step == PLANTED + 1 && !inGradient) {
            norm.set(new NDIndex(0), clean);
          }
          return TestTraining.batch(TestTraining.group(1, 0, 0, 0));
        };
    HealthMonitor monitor = new HealthMonitor(health, said::add);
    TestTraining.train(
        TestTraining.steps(3).toConfig(), 0.8, policy, null, source, monitor, reports::add);
  }

  private NDArray parameter(boolean gradient) {
    return policy.parameters().stream()
        .filter(p -> p.name().equals("model.norm.weight"))
        .map(p -> gradient ? p.gradient() : p.value())
        .findFirst()
        .orElseThrow();
  }
}
