package org.r1zero.grpo.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class OptimizerConfigTest {

  @Test
  void defaultsAreTrlsButForAConstantRate() {
    assertThat(OptimizerConfig.defaults())
        .isEqualTo(
            new OptimizerConfig(1e-6, LearningRateSchedule.CONSTANT, 0, 0, 0.9, 0.999, 1e-8, 1.0));
  }

  @Test
  void allFaultsAreNamedAtOnceWithTheirRemedies() {
    assertThatThrownBy(
            () ->
                new OptimizerConfig(0, LearningRateSchedule.COSINE, -1, Double.NaN, 1, -0.1, 0, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("learning_rate must be in (0, 1), was 0.0 (1e-6 is TRL's default)")
        .hasMessageContaining("warmup_steps must be >= 0, was -1")
        .hasMessageContaining("weight_decay must be >= 0, was NaN")
        .hasMessageContaining("adam_beta1 must be in [0, 1), was 1.0 (0.9 is usual)")
        .hasMessageContaining("adam_beta2 must be in [0, 1), was -0.1 (0.999 is usual)")
        .hasMessageContaining("adam_epsilon must be > 0, was 0.0 (1e-8 is usual)")
        .hasMessageContaining("max_grad_norm must be >= 0, was -1.0 (0 switches clipping off)");
  }
}
