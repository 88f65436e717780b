package org.r1zero.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.r1zero.grpo.loss.ClippedLoss;
import org.r1zero.grpo.loss.TokenAggregation;
import org.r1zero.grpo.optim.OptimizerConfig;

class GrpoConfigTest {

  @Test
  void defaultsAreOneOnPolicyUpdateAStep() {
    assertThat(GrpoConfig.defaults())
        .isEqualTo(
            new GrpoConfig(
                100,
                8,
                8,
                1,
                1,
                8192,
                RewardScaling.GROUP,
                new LossConfig(TokenAggregation.GRPO, 0.2, 0.2, 0),
                OptimizerConfig.defaults()));
    assertThat(GrpoConfig.defaults().updatesPerStep()).isEqualTo(1);
  }

  @Test
  void countsUpdates() {
    GrpoConfig config = config(5, 4, 8, 3, 2, 1);
    assertThat(config.updatesPerStep()).isEqualTo(6);
    assertThat(config.totalUpdates()).isEqualTo(30);
  }

  @Test
  void allFaultsAreNamedAtOnceWithTheirRemedies() {
    assertThatThrownBy(() -> config(0, -1, 1, 0, 2, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "steps must be >= 1, was 0; problems_per_step must be >= 1, was -1; "
                + "num_generations must be >= 2, was 1 (rewards are compared within a group; 8 is"
                + " usual); num_iterations must be >= 1, was 0; micro_batch_tokens must be >= 1,"
                + " was 0; num_minibatches must be <= problems_per_step (-1), was 2");
  }

  @Test
  void lossConfigDescribesTheLoss() {
    assertThat(new LossConfig(TokenAggregation.DAPO, 0.1, 0.28, 0.04).toLoss())
        .isEqualTo(new ClippedLoss(TokenAggregation.DAPO, 0.1, 0.28, 0.04));
  }

  @Test
  void lossConfigRefusesWhatTheLossRefuses() {
    assertThatThrownBy(() -> new LossConfig(TokenAggregation.GRPO, 0, 0, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("epsilon must be in (0, 1), was 0.0")
        .hasMessageContaining("epsilon_high must be > 0, was 0.0")
        .hasMessageContaining("beta must be >= 0, was -1.0");
  }

  private static GrpoConfig config(
      int steps, int problems, int generations, int iterations, int minibatches, int tokens) {
    return new GrpoConfig(
        steps,
        problems,
        generations,
        iterations,
        minibatches,
        tokens,
        RewardScaling.NONE,
        LossConfig.defaults(),
        OptimizerConfig.defaults());
  }
}
