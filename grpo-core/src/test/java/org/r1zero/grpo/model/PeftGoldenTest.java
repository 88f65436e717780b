package org.r1zero.grpo.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.fixtures.golden.Golden;
import org.r1zero.grpo.model.weights.ModelDirectory;
import org.r1zero.grpo.model.weights.PeftAdapter;
import org.r1zero.grpo.model.weights.SafetensorsFile;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;

/** An adapter that PEFT wrote, against what PEFT computes with it. */
class PeftGoldenTest {
  private static final double TOLERANCE = 1e-4;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;
  private Path files;
  private JsonNode golden;
  private JsonNode config;
  private TokenBatch batch;
  private PolicyModel model;
  private LoraAdapters adapters;

  @BeforeEach
  void putTheAdapterOn() throws IOException {
    Golden unpacked = Golden.unpack("model-peft/llama", folder);
    golden = unpacked.values();
    files = unpacked.folder();
    config = JSON.readTree(files.resolve("adapter_config.json").toFile());
    List<String> targets = new ArrayList<>();
    config.get("target_modules").forEach(t -> targets.add(t.asText()));
    ModelDirectory directory = ModelDirectory.open(files);
    LoraConfig lora =
        new LoraConfig(config.get("r").asInt(), config.get("lora_alpha").asDouble(), targets);
    model =
        new PolicyModel(directory.config(), directory, ComputeType.FLOAT32, Device.cpu(), lora, 1);
    adapters = model.adapters().orElseThrow();
    SafetensorsFile peft = SafetensorsFile.open(files.resolve("adapter_model.safetensors"));
    assertThat(adapters.shapes().keySet()).isEqualTo(peft.names());
    for (Parameter parameter : adapters.parameters()) {
      parameter.value().set(peft.read(parameter.name()));
    }
    int[][] prompts = Golden.intRows(golden.get("prompts"));
    batch =
        new TokenBatch(
            prompts, Golden.intRows(golden.get("completions")), Golden.ints(golden.get("owner")));
  }

  @AfterEach
  void close() {
    model.close();
  }

  @Test
  void logProbsAndGradientsEqualPefts() {
    try (Scope scope = Torch.openScope(Device.cpu())) {
      TokenLogProbs result = model.logProbsForTraining(batch, 1.0, scope);
      assertClose("log-probs", result.values(), flat(golden.get("log_probs")));
      float[] gradient = new float[batch.tokenCount()];
      Arrays.fill(gradient, -1f / batch.tokenCount());
      result.backward(gradient, null);
      JsonNode gradients = golden.get("gradients");
      assertThat(adapters.parameters()).hasSize(gradients.size());
      for (Parameter parameter : adapters.parameters()) {
        float[] expected = flat(gradients.get(parameter.name()));
        assertClose(parameter.name(), parameter.gradient().toFloatArray(), expected);
      }
    }
  }

  @Test
  void baseUnderTheAdapterEqualsPeftsWithTheAdapterOff() {
    try (PolicyModel base = model.base();
        Scope scope = Torch.openScope(Device.cpu())) {
      float[] off = base.logProbs(batch, 1.0, scope).values();
      assertClose("log-probs", off, flat(golden.get("base_log_probs")));
      assertThat(off).isNotEqualTo(model.logProbs(batch, 1.0, scope).values());
    }
  }

  @Test
  void whatIsWrittenIsWhatPeftWrote() throws IOException {
    Path written = folder.resolve("written");
    PeftAdapter.write(adapters, "some/base", written);
    SafetensorsFile ours = SafetensorsFile.open(written.resolve("adapter_model.safetensors"));
    SafetensorsFile peft = SafetensorsFile.open(files.resolve("adapter_model.safetensors"));
    assertThat(ours.names()).isEqualTo(peft.names()).hasSize(20);
    for (String name : peft.names()) {
      assertThat(ours.shape(name)).as(name).isEqualTo(peft.shape(name));
      FloatBuffer expected = peft.read(name);
      assertThat(ours.read(name)).as(name).isEqualTo(expected);
    }
    JsonNode said = JSON.readTree(written.resolve("adapter_config.json").toFile());
    for (String key :
        List.of("peft_type", "task_type", "r", "bias", "fan_in_fan_out", "inference_mode")) {
      assertThat(said.get(key)).as(key).isEqualTo(config.get(key));
    }
    for (String key : List.of("lora_alpha", "lora_dropout")) {
      assertThat(said.get(key).asDouble()).as(key).isEqualTo(config.get(key).asDouble());
    }
    assertThat(said.get("target_modules"))
        .containsExactlyInAnyOrderElementsOf(config.get("target_modules"));
  }

  private static void assertClose(String what, float[] actual, float[] expected) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    float scale = 0;
    for (float value : expected) {
      scale = Math.max(scale, Math.abs(value));
    }
    assertThat(scale).as(what).isPositive();
    assertThat(actual).as(what).containsExactly(expected, within((float) (TOLERANCE * scale)));
  }

  private static float[] flat(JsonNode node) {
    List<Float> values = new ArrayList<>();
    for (JsonNode item : node) {
      if (item.isArray()) {
        item.forEach(v -> values.add(v.floatValue()));
      } else {
        values.add(item.floatValue());
      }
    }
    float[] flat = new float[values.size()];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = values.get(i);
    }
    return flat;
  }
}
