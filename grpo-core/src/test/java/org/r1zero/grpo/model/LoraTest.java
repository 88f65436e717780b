package org.r1zero.grpo.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.grpo.model.weights.PeftAdapter;
import org.r1zero.grpo.optim.AdamW;
import org.r1zero.grpo.optim.OptimizerConfig;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;

@Tag("slow")
class LoraTest {
  private static final TokenBatch BATCH =
      new TokenBatch(
          new int[][] {{5, 6, 7}, {8, 9, 10, 11, 12}},
          new int[][] {{20, 21, 22, 23}, {30}, {40, 41}, {20, 44, 45}},
          new int[] {0, 0, 1, 1});
  private static final LoraConfig ALL = new LoraConfig(3, 6, List.of("all-linear"));

  private static PolicyModel model(LoraConfig lora) {
    PolicyModel full = TestModels.random(4);
    return new PolicyModel(
        TestModels.CONFIG, full::tensor, ComputeType.FLOAT32, Device.cpu(), lora, 9);
  }

  /** Moves adapters away from where B is zero. */
  private static void stir(PolicyModel model) {
    Random random = new Random(5);
    for (Parameter parameter : model.parameters()) {
      float[] values = new float[(int) parameter.value().size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian() * 0.2f;
      }
      parameter.value().set(values);
    }
  }

  @Test
  void newAdaptersLeaveTheModelAsItIs() {
    try (PolicyModel full = TestModels.byTorchScript(() -> TestModels.random(4));
        PolicyModel adapted = model(ALL);
        Scope scope = Torch.openScope(Device.cpu())) {
      assertThat(adapted.logProbs(BATCH, 0.7, scope).values())
          .containsExactly(full.logProbs(BATCH, 0.7, scope).values());
      assertThat(adapted.parameters()).hasSize(2 * 7 * TestModels.CONFIG.layers());
    }
  }

  @Test
  void aSnapshotTakesWhatAdaptersAddAndTheBaseDoesNot() {
    try (PolicyModel full = TestModels.byTorchScript(() -> TestModels.random(4));
        PolicyModel adapted = model(ALL);
        PolicySnapshot snapshot = TestModels.byTorchScript(() -> PolicySnapshot.inMemory(adapted));
        Scope scope = Torch.openScope(Device.cpu())) {
      float[] before = full.logProbs(BATCH, 0.7, scope).values();
      stir(adapted);
      float[] stirred = adapted.logProbs(BATCH, 0.7, scope).values();
      snapshot.copyFrom(adapted);
      assertThat(stirred).isNotEqualTo(before);
      assertThat(snapshot.policy().logProbs(BATCH, 0.7, scope).values()).containsExactly(stirred);
      assertThat(adapted.base().logProbs(BATCH, 0.7, scope).values()).containsExactly(before);
    }
  }

  @Test
  void gradientsEqualFiniteDifferences() {
    for (LoraConfig lora : List.of(ALL, new LoraConfig(2, 8, List.of("k_proj", "up_proj")))) {
      try (PolicyModel model = model(lora);
          Scope scope = Torch.openScope(Device.cpu())) {
        stir(model);
        float[] ones = new float[BATCH.tokenCount()];
        Arrays.fill(ones, 1);
        model.logProbsForTraining(BATCH, 0.7, scope).backward(ones, null);
        for (Parameter parameter : model.parameters()) {
          double squared = 0;
          for (float g : parameter.gradient().toFloatArray()) {
            squared += g * (double) g;
          }
          float step = (float) (1e-2 / Math.sqrt(squared));
          NDArray move = parameter.gradient().mul(step);
          parameter.value().addi(move);
          double up = sum(model, scope);
          parameter.value().subi(move).subi(move);
          double down = sum(model, scope);
          parameter.value().addi(move);
          assertThat((up - down) / (2 * step))
              .as(parameter.name())
              .isCloseTo(squared, within(0.01 * squared));
        }
      }
    }
  }

  private static double sum(PolicyModel model, Scope scope) {
    double sum = 0;
    for (float value : model.logProbs(BATCH, 0.7, scope).values()) {
      sum += value;
    }
    return sum;
  }

  @Test
  void updateChangesTheModelButNotItsBase() {
    try (PolicyModel model = model(ALL);
        PolicyModel base = model.base();
        AdamW optimizer = new AdamW(OptimizerConfig.defaults(), model.parameters());
        Scope scope = Torch.openScope(Device.cpu())) {
      float[] before = base.logProbs(BATCH, 1, scope).values();
      float[] ones = new float[BATCH.tokenCount()];
      Arrays.fill(ones, 1);
      model.logProbsForTraining(BATCH, 1, scope).backward(ones, null);
      optimizer.step(0.1);
      assertThat(base.logProbs(BATCH, 1, scope).values()).containsExactly(before);
      assertThat(model.logProbs(BATCH, 1, scope).values()).isNotEqualTo(before);
      String name = "model.layers.1.mlp.down_proj.weight";
      FloatBuffer merged = model.tensor(name);
      assertThat(merged).isNotEqualTo(base.tensor(name));
    }
  }

  @Test
  void adaptersAreWrittenUnderTheNamesThatPeftReads(@TempDir Path folder) throws IOException {
    try (PolicyModel model = model(new LoraConfig(2, 4, List.of("q_proj", "down_proj")))) {
      LoraAdapters adapters = model.adapters().orElseThrow();
      assertThat(adapters.shapes().keySet())
          .startsWith(
              "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight",
              "base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight",
              "base_model.model.model.layers.0.mlp.down_proj.lora_A.weight",
              "base_model.model.model.layers.0.mlp.down_proj.lora_B.weight");
      PeftAdapter.write(adapters, "some/model", folder.resolve("adapter"));
      JsonNode config =
          new ObjectMapper().readTree(folder.resolve("adapter/adapter_config.json").toFile());
      assertThat(config.get("r").asInt()).isEqualTo(2);
      assertThat(config.get("lora_alpha").asDouble()).isEqualTo(4);
      assertThat(config.get("peft_type").asText()).isEqualTo("LORA");
      assertThat(folder.resolve("adapter/adapter_model.safetensors")).isNotEmptyFile();
    }
  }

  @Test
  void faultsAreNamedTogether() {
    assertThatThrownBy(() -> new LoraConfig(-1, 0, List.of("qkv")))
        .hasMessageContaining("r must be >= 0, was -1")
        .hasMessageContaining("lora_alpha must be > 0, was 0")
        .hasMessageContaining("was qkv");
  }
}
