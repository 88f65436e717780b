package org.r1zero.rollout.generation;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.LoraConfig;
import org.r1zero.grpo.model.Parameter;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.PolicySnapshot;
import org.r1zero.grpo.optim.AdamW;
import org.r1zero.grpo.optim.OptimizerConfig;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.rollout.TinyPolicy;

/** A generator never samples from weights that are not its policy's any more. */
@Tag("slow")
class ChangedWeightsTest {
  private static final String SWITCH = "r1zero.kernels";

  @AfterEach
  void clearSwitch() {
    System.clearProperty(SWITCH);
  }

  @ParameterizedTest
  @CsvSource({
    "on, FLOAT32, in place", "on, BFLOAT16, in place",
    "on, FLOAT32, restored", "on, BFLOAT16, restored",
    "on, FLOAT32, optimizer", "on, BFLOAT16, optimizer",
    "off, FLOAT32, in place", "off, BFLOAT16, in place",
    "off, FLOAT32, restored", "off, BFLOAT16, restored",
    "off, FLOAT32, optimizer", "off, BFLOAT16, optimizer",
  })
  void everyChangeIsSampledFrom(String kernels, ComputeType type, String change) {
    System.setProperty(SWITCH, kernels);
    try (PolicyModel policy = TinyPolicy.make(40, 6, type);
        Generator generator = new Generator(policy)) {
      float[] before = logProbs(generator);
      change(policy, change);
      requireNewest(generator, policy, before);
    }
  }

  @ParameterizedTest
  @CsvSource({"on", "off"})
  void changedAdaptersAreSampledFrom(String kernels) {
    System.setProperty(SWITCH, kernels);
    try (PolicyModel source = TinyPolicy.make(40, 6, ComputeType.FLOAT32);
        PolicyModel policy = adapted(source);
        Generator generator = new Generator(policy)) {
      float[] before = logProbs(generator);
      change(policy, "optimizer");
      float[] once = requireNewest(generator, policy, before);
      change(policy, "restored");
      requireNewest(generator, policy, once);
    }
  }

  @ParameterizedTest
  @CsvSource({"on, FLOAT32", "on, BFLOAT16", "off, FLOAT32", "off, BFLOAT16"})
  void aSnapshotThatIsTakenAgainIsSampledFrom(String kernels, ComputeType type) {
    System.setProperty(SWITCH, kernels);
    try (PolicyModel policy = TinyPolicy.make(40, 6, type);
        PolicySnapshot snapshot = PolicySnapshot.inMemory(policy)) {
      snapshot.copyFrom(policy);
      try (Generator generator = new Generator(snapshot.policy())) {
        float[] before = logProbs(generator);
        change(policy, "optimizer");
        assertThat(logProbs(generator)).as("the snapshot is what it was").isEqualTo(before);
        snapshot.copyFrom(policy);
        requireNewest(generator, policy, before);
      }
    }
  }

  @Test
  void whatStaysIsNotCopiedAgain() {
    try (PolicyModel policy = TinyPolicy.make(40, 6, ComputeType.FLOAT32);
        Generator generator = new Generator(policy)) {
      long version = policy.version();
      logProbs(generator);
      assertThat(policy.version()).isEqualTo(version);
    }
  }

  private static float[] requireNewest(Generator generator, PolicyModel policy, float[] before) {
    float[] after = logProbs(generator);
    try (Generator fresh = new Generator(policy)) {
      assertThat(after).isEqualTo(logProbs(fresh)).isNotEqualTo(before);
    }
    return after;
  }

  private static void change(PolicyModel policy, String how) {
    List<Parameter> parameters = policy.parameters();
    switch (how) {
      case "in place" -> parameters.forEach(p -> p.value().muli(1.1f));
      case "restored" -> parameters.forEach(ChangedWeightsTest::restore);
      case "optimizer" -> {
        try (AdamW optimizer = new AdamW(OptimizerConfig.defaults(), parameters)) {
          parameters.forEach(p -> p.gradient().addi(1f));
          optimizer.step(0.1);
        }
      }
      default -> throw new IllegalArgumentException(how);
    }
  }

  /** As a checkpoint is read. */
  private static void restore(Parameter parameter) {
    float[] values = parameter.value().toFloatArray();
    for (int i = 0; i < values.length; i++) {
      values[i] = values[i] * 1.1f + 0.01f;
    }
    Torch.assign(parameter.value(), values);
  }

  private static PolicyModel adapted(PolicyModel like) {
    LoraConfig lora = new LoraConfig(4, 8, List.of("q_proj", "down_proj"));
    return new PolicyModel(like.config(), like::tensor, like.computeType(), Device.cpu(), lora, 1);
  }

  private static float[] logProbs(Generator generator) {
    GenerationRequest request = new GenerationRequest(new int[] {9, 8, 7}, new long[] {1});
    return generator
        .generate(
            List.of(request),
            new SamplingConfig(1, 0, 1, 0, 12, List.of(), 4),
            (tokens, length) -> false)
        .get(0)
        .get(0)
        .policyLogProbs();
  }
}
