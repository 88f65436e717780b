package org.r1zero.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.fixtures.golden.Golden;
import org.r1zero.grpo.advantage.GroupRelative;
import org.r1zero.grpo.data.Rollout;
import org.r1zero.grpo.data.RolloutGroup;
import org.r1zero.grpo.loss.LossType;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.weights.ModelDirectory;
import org.r1zero.grpo.optim.AdamW;
import org.r1zero.grpo.optim.LearningRateSchedule;
import org.r1zero.grpo.optim.OptimizerConfig;

/** Whole steps of training against TRL's GRPOTrainer on the same model, rollouts and rewards. */
class GrpoTrainerGoldenTest {
  private static final double WEIGHT_TOLERANCE = 2e-5;
  private static final double METRIC_TOLERANCE = 1e-3;

  @ParameterizedTest
  @ValueSource(ints = {10_000, 40, 1})
  void weightsAndMetricsEqualTrls(int microBatchTokens, @TempDir Path folder) {
    JsonNode golden = Golden.load("trainer/trl");
    ModelDirectory directory =
        ModelDirectory.open(Golden.unpack("model/llama-gqa-tied", folder).folder());
    GrpoConfig config = config(golden, microBatchTokens);
    List<StepReport> reports = new ArrayList<>();
    try (PolicyModel policy = load(directory);
        PolicyModel reference = load(directory);
        AdamW optimizer = new AdamW(config.optimizer(), policy.parameters())) {
      RunSettings settings =
          new RunSettings(
              1,
              golden.get("options").get("temperature").asDouble(),
              golden.get("options").get("max_completion_length").asInt());
      Surroundings around =
          new Surroundings(
              policy, optimizer, TestTraining.usual(), (report, state) -> reports.add(report));
      RolloutSource source = (step, version) -> rollouts(golden.get("steps").get((int) step));
      new GrpoTrainer(config, settings, around, reference, source).train();
      assertMetrics(reports, golden.get("updates"), config.updatesPerStep());
      assertWeights(policy, golden.get("weights"));
    }
  }

  @Test
  void theGoldenExercisesClippingAndTheKlTerm() {
    JsonNode updates = Golden.load("trainer/trl").get("updates");
    assertThat(updates).hasSize(9);
    assertThat(updates.get(4).get("clip_ratio/low_mean").asDouble()).isPositive();
    assertThat(updates.get(4).get("clip_ratio/high_mean").asDouble()).isPositive();
    assertThat(updates.get(4).get("kl").asDouble()).isPositive();
  }

  private static PolicyModel load(ModelDirectory directory) {
    return new PolicyModel(directory.config(), directory, ComputeType.FLOAT32, Device.cpu());
  }

  private static GrpoConfig config(JsonNode golden, int microBatchTokens) {
    JsonNode o = golden.get("options");
    return new GrpoConfig(
        golden.get("steps").size(),
        golden.get("steps").get(0).size(),
        o.get("num_generations").asInt(),
        o.get("num_iterations").asInt(),
        1,
        microBatchTokens,
        GroupRelative.Scale.valueOf(upper(o.get("scale_rewards"))),
        new LossConfig(
            LossType.valueOf(upper(o.get("loss_type"))),
            o.get("epsilon").asDouble(),
            o.get("epsilon_high").asDouble(),
            o.get("beta").asDouble()),
        new OptimizerConfig(
            o.get("learning_rate").asDouble(),
            LearningRateSchedule.valueOf(upper(o.get("lr_scheduler_type"))),
            o.get("warmup_steps").asInt(),
            o.get("weight_decay").asDouble(),
            0.9,
            0.999,
            1e-8,
            o.get("max_grad_norm").asDouble()));
  }

  private static String upper(JsonNode text) {
    return text.asText().toUpperCase(Locale.ROOT);
  }

  private static RolloutBatch rollouts(JsonNode step) {
    List<RolloutGroup> groups = new ArrayList<>();
    for (JsonNode group : step) {
      List<Rollout> rollouts = new ArrayList<>();
      for (int i = 0; i < group.get("completions").size(); i++) {
        int[] tokens = Golden.ints(group.get("completions").get(i));
        rollouts.add(
            new Rollout(
                tokens,
                new float[tokens.length],
                group.get("rewards").get(i).asDouble(),
                tokens[tokens.length - 1] != 2,
                0));
      }
      groups.add(new RolloutGroup("p", Golden.ints(group.get("prompt")), rollouts));
    }
    return new RolloutBatch(groups, Map.of());
  }

  private static void assertWeights(PolicyModel policy, JsonNode expected) {
    for (Map.Entry<String, JsonNode> tensor : expected.properties()) {
      FloatBuffer actual = policy.tensor(tensor.getKey());
      assertThat(actual.remaining()).isEqualTo(tensor.getValue().size());
      for (int i = 0; actual.hasRemaining(); i++) {
        assertThat((double) actual.get())
            .as("%s[%d]", tensor.getKey(), i)
            .isCloseTo(tensor.getValue().get(i).asDouble(), within(WEIGHT_TOLERANCE));
      }
    }
  }

  /** TRL logs each update, we each step: means over its updates, and the last learning rate. */
  private static void assertMetrics(List<StepReport> reports, JsonNode updates, int perStep) {
    assertThat(reports).hasSize(updates.size() / perStep);
    for (int step = 0; step < reports.size(); step++) {
      JsonNode first = updates.get(step * perStep);
      for (String name : first.properties().stream().map(Map.Entry::getKey).toList()) {
        double sum = 0;
        int count = 0;
        for (int u = step * perStep; u < (step + 1) * perStep; u++) {
          if (updates.get(u).has(name)) {
            sum += updates.get(u).get(name).asDouble();
            count++;
          }
        }
        double expected =
            name.equals("learning_rate")
                ? updates.get((step + 1) * perStep - 1).get(name).asDouble()
                : sum / count;
        assertThat(reports.get(step).metric(name))
            .as("%s of step %d", name, step)
            .isCloseTo(expected, within(METRIC_TOLERANCE * Math.max(1e-3, Math.abs(expected))));
      }
    }
  }
}
