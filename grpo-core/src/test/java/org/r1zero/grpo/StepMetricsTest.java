package org.r1zero.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.r1zero.fixtures.golden.Golden;
import org.r1zero.grpo.data.Rollout;
import org.r1zero.grpo.data.RolloutGroup;
import org.r1zero.grpo.torch.DeviceClock;

class StepMetricsTest {

  @Test
  void numbersOfRolloutsEqualTrls() {
    JsonNode cases = Golden.load("advantage/trl");
    assertThat(cases).hasSize(6);
    for (JsonNode c : cases) {
      RolloutBatch batch = batch(c);
      StepMetrics metrics = new StepMetrics(0, DeviceClock.of(Device.cpu()));
      metrics.addRollouts(batch);
      StepReport report = new StepReport(0, metrics.finish());
      for (Map.Entry<String, JsonNode> expected : c.get("metrics").properties()) {
        assertThat(report.metric(expected.getKey()))
            .as("%s of %s", expected.getKey(), c.get("rewards"))
            .isCloseTo(expected.getValue().asDouble(), within(1e-6));
      }
    }
  }

  @Test
  void metricsOfTheRolloutSourceAreReported() {
    RolloutBatch batch =
        new RolloutBatch(
            List.of(new RolloutGroup("p", new int[1], List.of(rollout(2, 1, false)))),
            Map.of("rewards/exact/mean", 0.25));
    StepMetrics metrics = new StepMetrics(10, DeviceClock.of(Device.cpu()));
    metrics.addRollouts(batch);
    StepReport report = new StepReport(7, metrics.finish());
    assertThat(report.metric("num_tokens")).as("10 before, 1 of prompt, 2 new").isEqualTo(13);
    assertThat(report.metric("rewards/exact/mean")).isEqualTo(0.25);
    assertThat(report.metric("no such metric")).isNaN();
  }

  private static RolloutBatch batch(JsonNode c) {
    List<RolloutGroup> groups = new ArrayList<>();
    int size = c.get("group").asInt();
    for (int from = 0; from < c.get("rewards").size(); from += size) {
      List<Rollout> rollouts = new ArrayList<>();
      for (int i = from; i < from + size; i++) {
        rollouts.add(
            rollout(
                c.get("lengths").get(i).asInt(),
                c.get("rewards").get(i).asDouble(),
                c.get("truncated").get(i).asBoolean()));
      }
      groups.add(new RolloutGroup("p", new int[c.get("prompt_length").asInt()], rollouts));
    }
    return new RolloutBatch(groups, Map.of());
  }

  private static Rollout rollout(int length, double reward, boolean truncated) {
    return new Rollout(new int[length], new float[length], reward, truncated, 0);
  }
}
