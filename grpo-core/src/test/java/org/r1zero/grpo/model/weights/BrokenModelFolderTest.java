package org.r1zero.grpo.model.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.r1zero.fixtures.golden.Golden;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.PolicyModel;

/** Each fault of a model folder gives one message that names the file and the field. */
class BrokenModelFolderTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String WEIGHTS = "model.safetensors";

  @TempDir Path folder;

  @BeforeEach
  void unpack() {
    Golden.unpack("model/llama-gqa-tied", folder);
  }

  @Test
  void soundFolderOpens() {
    assertThat(ModelDirectory.open(folder).config().vocabSize()).isEqualTo(96);
  }

  /** One field of config.json changed; the message must name the field and what was found. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "architectures|[\"GemmaForCausalLM\"]|architectures must be LlamaForCausalLM,"
            + " Qwen2ForCausalLM or Qwen3ForCausalLM, was GemmaForCausalLM",
        "use_sliding_window|true|use_sliding_window must be false: sliding windows are not"
            + " supported, was true",
        "sliding_window|4096|sliding_window is not supported, was 4096",
        "layer_types|[\"full_attention\",\"sliding_attention\"]|layer_types must all be"
            + " full_attention, was sliding_attention",
        "quantization_config|{\"quant_method\":\"gptq\"}|quantization_config is not supported: give"
            + " full weights",
        "hidden_act|\"gelu\"|hidden_act must be silu, was gelu",
        "partial_rotary_factor|0.5|partial_rotary_factor must be 1, was 0.5",
        "hidden_size|\"32\"|hidden_size must be a whole number >= 1, was \"32\"",
        "rms_norm_eps|-1e-5|rms_norm_eps must be a number >= 0 and below 1, such as 1e-6, was -1.0E-5",
        "rms_norm_eps|\"1e-5\"|rms_norm_eps must be a number >= 0 and below 1",
        "num_hidden_layers|0|num_hidden_layers must be a whole number >= 1, was 0",
        "vocab_size|null|vocab_size must be a whole number >= 1, was null",
        "num_key_value_heads|3|num_key_value_heads must divide num_attention_heads 4, was 3",
        "head_dim|7|head_dim must be even, was 7",
        "head_dim|2000000000|num_attention_heads times head_dim 2000000000 is too large, was 4",
        "num_hidden_layers|1000000000|num_hidden_layers is 1000000000, but the weights are only 20"
            + " tensors",
        "max_position_embeddings|2147483647|max_position_embeddings must be at most 33554432, since"
            + " the tables of rotary embeddings take memory for each position; set it to the longest"
            + " sequence that you use, was 2147483647",
        "rope_parameters|{\"rope_type\":\"longrope\"}|rope_parameters.rope_type must be default,"
            + " linear, llama3 or yarn, was longrope",
        "rope_parameters|{\"rope_type\":\"linear\"}|rope_parameters.factor must be a number > 0,"
            + " was missing",
        "rope_scaling|{\"rope_type\":\"dynamic\",\"factor\":2.0}|rope_scaling.rope_type must be"
            + " default, linear, llama3 or yarn, was dynamic",
        "rope_theta|-1|rope_theta must be > 0, was -1.0"
      })
  void configFieldIsNamed(String field, String value, String message) throws IOException {
    ObjectNode config = config();
    config.remove("rope_parameters");
    config.set(field, JSON.readTree(value));
    writeConfig(config);
    assertFails("config.json", message);
  }

  @Test
  void missingConfigFieldIsNamed() throws IOException {
    ObjectNode config = config();
    config.remove("intermediate_size");
    writeConfig(config);
    assertFails("config.json", "intermediate_size must be a whole number >= 1, was missing");
  }

  @Test
  void missingConfig() throws IOException {
    Files.delete(folder.resolve("config.json"));
    assertFails("config.json", "is missing; a model folder has it beside its weights");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"a\": |is not valid JSON: line 1: Unexpected end-of-input",
        "[1, 2]|is not a JSON object",
        "''|is not a JSON object"
      })
  void configThatIsNoJson(String text, String message) throws IOException {
    Files.writeString(folder.resolve("config.json"), text);
    assertFails("config.json", message);
  }

  /** Neither Java's class names nor the parser's switches say anything to who has the folder. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[|100000|Document nesting depth (1001) exceeds the maximum allowed (1000)",
        "{\"a\": \"|1|line 1: Unexpected end-of-input in VALUE_STRING",
        "{\"rope_theta\": Infinity}|1|line 1: Non-standard token 'Infinity'",
      })
  void whatTheParserSaysIsInPlainWords(String text, int times, String message) throws IOException {
    Files.writeString(folder.resolve("config.json"), text.repeat(times));
    assertThatThrownBy(() -> ModelDirectory.open(folder))
        .hasMessage(folder.resolve("config.json") + ": is not valid JSON: " + message);
  }

  @Test
  void folderThatIsNone() {
    Path none = folder.resolve("none");
    assertThatThrownBy(() -> ModelDirectory.open(none))
        .isInstanceOf(ModelFileException.class)
        .hasMessage(none + ": is not a folder; give the path of a model in Hugging Face layout");
  }

  @Test
  void missingWeights() throws IOException {
    Files.delete(folder.resolve(WEIGHTS));
    assertFails(
        WEIGHTS, "is missing, and so is model.safetensors.index.json; weights must be safetensors");
  }

  @Test
  void missingTensorIsNamed() throws IOException {
    renameInHeader("model.norm.weight", "model.nor_.weight");
    assertFails(WEIGHTS, "lacks tensor model.norm.weight");
  }

  @Test
  void unknownTensorIsNamed() throws IOException {
    ObjectNode config = config();
    config.put("num_hidden_layers", 1);
    writeConfig(config);
    assertFails("", "does not call for: [model.layers.1.");
  }

  @Test
  void wrongShapeIsNamed() throws IOException {
    ObjectNode config = config();
    config.put("vocab_size", 97);
    writeConfig(config);
    assertFails(WEIGHTS, "model.embed_tokens.weight must have shape [97, 32]");
    assertFails(WEIGHTS, "has [96, 32]");
  }

  @Test
  void wrongDtypeIsNamed() throws IOException {
    renameInHeader("\"dtype\":\"F32\"", "\"dtype\":\"I32\"");
    assertFails(WEIGHTS, "has dtype 'I32'; F64, F32, F16 and BF16 are read");
  }

  @Test
  void weightsCutInTheirData() throws IOException {
    byte[] all = Files.readAllBytes(folder.resolve(WEIGHTS));
    Files.write(folder.resolve(WEIGHTS), Arrays.copyOf(all, all.length - 100));
    assertFails(WEIGHTS, "is truncated: ");
  }

  @ParameterizedTest
  @CsvSource({"0", "7", "8", "500"})
  void weightsCutInTheirHeader(int length) throws IOException {
    byte[] all = Files.readAllBytes(folder.resolve(WEIGHTS));
    Files.write(folder.resolve(WEIGHTS), Arrays.copyOf(all, length));
    assertFails(WEIGHTS, "is truncated");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "not json|has a header that is not valid JSON",
        "[]      |has a header that is not a JSON object",
        "{\"t\":{\"dtype\":\"F32\"}}|t lacks its shape or data_offsets",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}|t has data_offsets [4,0]",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}|t has data_offsets",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}|t of shape [2] and dtype F32"
            + " can't have 4 bytes",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,8],\"data_offsets\":[0,4]}}|t of"
            + " shape [4611686018427387904,8] and dtype F32 can't have 4 bytes",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1],"
            + "\"data_offsets\":[9223372036854775803,9223372036854775807]}}|is truncated: t ends at"
            + " byte 9223372036854775807"
      })
  void hostileHeader(String header, String message) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(8 + json.length + 4).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(json.length).put(json);
    Files.write(folder.resolve(WEIGHTS), file.array());
    assertFails(WEIGHTS, message);
  }

  @Test
  void pointerOfGitLfsIsNamed() throws IOException {
    Files.writeString(
        folder.resolve("model.safetensors"),
        "version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 12\n");
    assertFails("model.safetensors", "is Git LFS's pointer to the file, not the file");
  }

  @Test
  void shardNamedByTheIndexIsMissing() throws IOException {
    unpackSharded();
    Files.delete(folder.resolve("model-00003-of-00005.safetensors"));
    assertFails(
        "model.safetensors.index.json",
        "weight_map names model-00003-of-00005.safetensors, which is missing");
  }

  @Test
  void indexMayNotNameFilesOutsideTheFolder() throws IOException {
    unpackSharded();
    Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        "{\"weight_map\":{\"model.norm.weight\":\"../../etc/passwd\"}}");
    assertFails("model.safetensors.index.json", "weight_map names ../../etc/passwd");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"{}|weight_map is missing or empty", "{|is not valid JSON"})
  void brokenIndex(String text, String message) throws IOException {
    unpackSharded();
    Files.writeString(folder.resolve("model.safetensors.index.json"), text);
    assertFails("model.safetensors.index.json", message);
  }

  @Test
  void sourceOfTooFewValuesIsRefusedByTheModel() {
    ModelDirectory directory = ModelDirectory.open(folder);
    assertThatThrownBy(
            () ->
                new PolicyModel(
                    directory.config(),
                    name -> directory.read(name).limit(5),
                    ComputeType.FLOAT32,
                    Device.cpu()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("model.layers.0.input_layernorm.weight must have 32 values, had 5");
  }

  private void unpackSharded() throws IOException {
    Files.delete(folder.resolve(WEIGHTS));
    Golden.unpack("model/llama-sharded", folder);
    assertThat(ModelDirectory.open(folder).weightFiles()).hasSize(5);
  }

  /** Replaces a text by one of the same length, so that the offsets stay true. */
  private void renameInHeader(String from, String to) throws IOException {
    byte[] all = Files.readAllBytes(folder.resolve(WEIGHTS));
    String text = new String(all, StandardCharsets.ISO_8859_1);
    assertThat(text).contains(from);
    Files.write(
        folder.resolve(WEIGHTS), text.replace(from, to).getBytes(StandardCharsets.ISO_8859_1));
  }

  private ObjectNode config() throws IOException {
    JsonNode root = JSON.readTree(folder.resolve("config.json").toFile());
    return (ObjectNode) root;
  }

  private void writeConfig(ObjectNode config) throws IOException {
    JSON.writeValue(folder.resolve("config.json").toFile(), config);
  }

  private void assertFails(String file, String message) {
    assertThatThrownBy(() -> ModelDirectory.open(folder))
        .isInstanceOf(ModelFileException.class)
        .hasMessageStartingWith(folder.resolve(file).toString())
        .hasMessageContaining(message);
  }
}
