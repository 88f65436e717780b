package org.r1zero.grpo.model.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.fixtures.golden.Golden;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.TokenBatch;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;

/** Folders that are odd, and what transformers makes of them. */
@Tag("slow")
class OddModelFolderTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  @TempDir Path folder;
  @TempDir Path targets;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tied-other-head",
        "tied-same-head",
        "tied-head-only",
        "unprefixed-llama",
        "unprefixed-qwen2",
        "fp64",
        "buffers"
      })
  void logProbsAreThoseOfTransformersAlsoAfterAnExport(String name) throws IOException {
    JsonNode golden = Golden.unpack("model-odd/" + name, folder).values();
    assertLogProbs(golden, folder);
    Path exported = targets.resolve("out");
    ModelDirectory directory = ModelDirectory.open(folder);
    try (PolicyModel policy =
        new PolicyModel(directory.config(), directory, ComputeType.FLOAT32, Device.cpu())) {
      new ModelExport(TensorType.F32, Long.MAX_VALUE).write(policy, folder, exported);
    }
    assertLogProbs(golden, exported);
    assertThat(JSON.readTree(exported.resolve("config.json").toFile()).at("/architectures/0"))
        .as("names of the whole model are written")
        .hasToString(
            name.contains("qwen2") || name.equals("tied-head-only")
                ? "\"Qwen2ForCausalLM\""
                : "\"LlamaForCausalLM\"");
  }

  private static void assertLogProbs(JsonNode golden, Path folder) {
    ModelDirectory directory = ModelDirectory.open(folder);
    assertThat(ModelDirectory.readConfig(folder)).isEqualTo(directory.config());
    try (PolicyModel policy =
            new PolicyModel(directory.config(), directory, ComputeType.FLOAT32, Device.cpu());
        Scope scope = Torch.openScope(Device.cpu())) {
      TokenBatch batch =
          TokenBatch.pairs(
              new int[][] {Golden.ints(golden.get("prompt"))},
              new int[][] {Golden.ints(golden.get("completion"))});
      float[] values = policy.logProbs(batch, 1, scope).values();
      assertThat(values).hasSize(golden.get("log_probs").size());
      for (int i = 0; i < values.length; i++) {
        assertThat((double) values[i])
            .as("token " + i)
            .isCloseTo(golden.get("log_probs").get(i).asDouble(), within(1e-3));
      }
    }
  }

  @Test
  void exportCopiesWhatBelongsToTheModelOnly() throws IOException {
    Golden.unpack("model-odd/tied-same-head", folder);
    String[] belonging = {
      "tokenizer.json",
      "tokenizer_config.json",
      "special_tokens_map.json",
      "generation_config.json",
      "added_tokens.json",
      "vocab.json",
      "merges.txt",
      "tokenizer.model",
      "chat_template.jinja",
      "LICENSE",
      "LICENSE.txt",
      "NOTICE",
      "README.md"
    };
    String[] strangers = {
      "pytorch_model.bin",
      "pytorch_model.bin.index.json",
      "pytorch_model-00001-of-00002.bin",
      "x.gguf",
      "optimizer.pt",
      "scheduler.pt",
      "rng_state.pth",
      "trainer_state.json",
      "training_args.bin",
      "model.onnx",
      "tf_model.h5",
      "flax_model.msgpack",
      "consolidated.00.pth",
      "params.json",
      "adapter_model.safetensors",
      "adapter_config.json",
      "model.safetensors.index.json.bak",
      ".hidden"
    };
    for (String name : belonging) {
      Files.writeString(folder.resolve(name), "{}");
    }
    for (String name : strangers) {
      Files.writeString(folder.resolve(name), "old");
    }
    Path templates = Files.createDirectory(folder.resolve("additional_chat_templates"));
    Files.writeString(templates.resolve("tool_use.jinja"), "T");
    Files.createDirectory(folder.resolve("onnx"));
    Files.writeString(folder.resolve("onnx/model.onnx"), "old");
    ModelDirectory directory = ModelDirectory.open(folder);
    Path exported = targets.resolve("out");
    try (PolicyModel policy =
        new PolicyModel(directory.config(), directory, ComputeType.FLOAT32, Device.cpu())) {
      new ModelExport(TensorType.F32, Long.MAX_VALUE).write(policy, folder, exported);
    }
    assertThat(exported.toFile().list())
        .contains(belonging)
        .contains("config.json", "model.safetensors", "additional_chat_templates")
        .hasSize(belonging.length + 3);
    assertThat(exported.resolve("additional_chat_templates/tool_use.jinja")).hasContent("T");
  }
}
