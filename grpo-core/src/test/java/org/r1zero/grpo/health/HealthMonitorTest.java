package org.r1zero.grpo.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HealthMonitorTest {
  private final List<String> said = new ArrayList<>();
  private double megabytes = 100;
  private final HealthMonitor monitor =
      new HealthMonitor(HealthConfig.defaults(), said::add, () -> megabytes);

  @Test
  void oneNanIsSkippedNamedAndCounted() {
    assertThat(monitor.mayUpdate(0, 0.5, 0.01, () -> "")).isTrue();
    assertThat(monitor.mayUpdate(1, Double.NaN, 0.01, () -> "weights w hold NaN")).isFalse();
    Map<String, Double> counted = monitor.endStep(1, Map.of());
    assertThat(counted).containsEntry("health/skipped_updates", 1.0);
    assertThat(counted).containsEntry("health/skipped_steps", 1.0);
    assertThat(said).singleElement().asString().contains("step 2: the loss is NaN (weights w hold");
    HealthMonitor resumed = new HealthMonitor(HealthConfig.defaults(), said::add, () -> 1);
    resumed.restore(monitor.state());
    assertThat(resumed.endStep(2, Map.of())).containsEntry("health/skipped_steps", 1.0);
  }

  @Test
  void fiveInARowStopTheRun() {
    for (int i = 0; i < 4; i++) {
      assertThat(monitor.mayUpdate(i, Double.POSITIVE_INFINITY, 0, () -> "")).isFalse();
    }
    assertThatThrownBy(() -> monitor.mayUpdate(4, Double.NaN, 0, () -> ""))
        .isInstanceOf(HealthException.class)
        .hasMessageContaining("5 updates in a row were skipped");
  }

  @Test
  void infiniteGradientIsCountedAsSkipped() {
    monitor.updated(0, Double.POSITIVE_INFINITY);
    assertThat(monitor.endStep(0, Map.of())).containsEntry("health/skipped_updates", 1.0);
    assertThat(said).singleElement().asString().contains("the gradient's norm is Infinity");
  }

  @Test
  void mismatchAndKlAreSaidOnceUntilTheyAreOver() {
    for (int i = 0; i < 3; i++) {
      assertThat(monitor.mayUpdate(i, 1, 0.5, () -> "")).isTrue();
      monitor.endStep(i, Map.of("kl", 11.0));
    }
    assertThat(said).hasSize(2);
    assertThat(said.get(0)).contains("differ by 0.5 nats");
    assertThat(said.get(1)).contains("the KL divergence from the reference is 11.0");
  }

  @Test
  void collapseAndEqualRewardsTakePatience() {
    for (int i = 0; i < 4; i++) {
      monitor.endStep(i, Map.of("entropy", 0.001, "frac_reward_zero_std", 1.0));
    }
    assertThat(said).isEmpty();
    monitor.endStep(4, Map.of("entropy", 0.001, "frac_reward_zero_std", 1.0));
    assertThat(said).hasSize(2);
    assertThat(said.get(0)).contains("collapsed");
    assertThat(said.get(1))
        .contains("all groups had equal rewards for 5 steps")
        .contains("too hard");
  }

  @Test
  void equalRewardsOfCompletionsThatWereCutOffNameTheLimit() {
    for (int i = 0; i < 5; i++) {
      monitor.endStep(i, Map.of("frac_reward_zero_std", 1.0, "completions/clipped_ratio", 0.9));
    }
    assertThat(said)
        .singleElement()
        .asString()
        .contains("90 % of the completions were cut off")
        .contains("raise sampling.max_new_tokens");
  }

  @Test
  void growingMemoryIsFound() {
    for (int i = 0; i < 20; i++) {
      megabytes = 100 + 5 * i;
      monitor.endStep(i, Map.of());
    }
    assertThat(said).singleElement().asString().contains("the process takes 185 MB, above 180 MB");
  }

  @Test
  void policyStopStopsAtOnce() {
    HealthConfig d = HealthConfig.defaults();
    HealthConfig strict =
        new HealthConfig(
            HealthAction.STOP,
            d.mismatch(),
            d.kl(),
            d.entropy(),
            d.zeroVariance(),
            d.memory(),
            0.2,
            10,
            0,
            0.5,
            5,
            5);
    HealthMonitor stopping = new HealthMonitor(strict, said::add, () -> 1);
    assertThatThrownBy(() -> stopping.mayUpdate(0, Double.NaN, 0, () -> "here"))
        .hasMessageContaining("stopped by policy");
    assertThatThrownBy(
            () ->
                new HealthConfig(
                    d.nan(),
                    d.mismatch(),
                    HealthAction.SKIP,
                    d.entropy(),
                    d.zeroVariance(),
                    d.memory(),
                    0.2,
                    -1,
                    0,
                    0.5,
                    5,
                    5))
        .hasMessageContaining("kl must be off, warn or stop")
        .hasMessageContaining("max_kl must be > 0");
  }
}
