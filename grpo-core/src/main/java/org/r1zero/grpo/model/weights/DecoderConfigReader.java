package org.r1zero.grpo.model.weights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.r1zero.grpo.model.DecoderConfig;
import org.r1zero.grpo.model.DecoderConfig.Family;

/** Reads {@code config.json}, refusing what the decoder does not compute. */
final class DecoderConfigReader {
  /** Of cosines and sines together: a gigabyte. */
  private static final long MOST_ROTARY_NUMBERS = 1 << 28;

  private static final ObjectMapper JSON = new ObjectMapper();
  private final Path file;
  private final JsonNode root;

  private DecoderConfigReader(Path file, JsonNode root) {
    this.file = file;
    this.root = root;
  }

  static DecoderConfig read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new ModelFileException(file, "is missing; a model folder has it beside its weights");
    }
    try {
      JsonNode root = JSON.readTree(file.toFile());
      if (root == null || !root.isObject()) {
        throw new ModelFileException(file, "is not a JSON object");
      }
      return new DecoderConfigReader(file, root).config();
    } catch (IOException e) {
      throw ModelFileException.notJson(file, e);
    }
  }

  private DecoderConfig config() {
    Family family = family();
    refuseUnsupported(family);
    int hidden = positive("hidden_size");
    int heads = positive("num_attention_heads");
    int kvHeads = has("num_key_value_heads") ? positive("num_key_value_heads") : heads;
    if (heads % kvHeads != 0) {
      throw fault("num_key_value_heads", "must divide num_attention_heads " + heads, kvHeads);
    }
    if (!has("head_dim") && hidden % heads != 0) {
      throw fault("num_attention_heads", "must divide hidden_size " + hidden, heads);
    }
    // Qwen3's head_dim is 128 where the file does not state it, see its configuration class
    int defaultHeadDim = family == Family.QWEN3 ? 128 : hidden / heads;
    int headDim = has("head_dim") ? positive("head_dim") : defaultHeadDim;
    if (headDim % 2 != 0) {
      throw fault("head_dim", "must be even", headDim);
    }
    boolean attentionBias = root.path("attention_bias").asBoolean(false);
    if ((long) heads * headDim > Integer.MAX_VALUE / 4) {
      throw fault("num_attention_heads", "times head_dim " + headDim + " is too large", heads);
    }
    int context = positive("max_position_embeddings");
    if ((long) context * headDim > MOST_ROTARY_NUMBERS) {
      throw fault(
          "max_position_embeddings",
          "must be at most "
              + MOST_ROTARY_NUMBERS / headDim
              + ", since the tables of rotary embeddings take memory for each position; set it to"
              + " the longest sequence that you use",
          context);
    }
    RopeReader rope = new RopeReader(file, root, context);
    return new DecoderConfig(
        family,
        positive("vocab_size"),
        hidden,
        positive("intermediate_size"),
        positive("num_hidden_layers"),
        heads,
        kvHeads,
        headDim,
        small("rms_norm_eps", 1e-6),
        rope.theta(),
        rope.scaling(),
        context,
        root.path("tie_word_embeddings").asBoolean(false),
        family == Family.QWEN2 || attentionBias,
        family != Family.QWEN2 && attentionBias,
        family == Family.LLAMA && root.path("mlp_bias").asBoolean(false),
        family == Family.QWEN3);
  }

  private Family family() {
    JsonNode architectures = root.path("architectures");
    String name =
        architectures.isArray() && !architectures.isEmpty()
            ? architectures.get(0).asText()
            : root.path("model_type").asText("");
    return switch (name) {
      case "LlamaForCausalLM", "LlamaModel", "llama" -> Family.LLAMA;
      case "Qwen2ForCausalLM", "Qwen2Model", "qwen2" -> Family.QWEN2;
      case "Qwen3ForCausalLM", "Qwen3Model", "qwen3" -> Family.QWEN3;
      default ->
          throw fault(
              "architectures",
              "must be LlamaForCausalLM, Qwen2ForCausalLM or Qwen3ForCausalLM",
              name);
    };
  }

  private void refuseUnsupported(Family family) {
    if (root.path("use_sliding_window").asBoolean(false)) {
      throw fault("use_sliding_window", "must be false: sliding windows are not supported", true);
    }
    for (JsonNode type : root.path("layer_types")) {
      if (!type.asText().equals("full_attention")) {
        throw fault("layer_types", "must all be full_attention", type.asText());
      }
    }
    if (family == Family.LLAMA && root.hasNonNull("sliding_window")) {
      throw fault("sliding_window", "is not supported", root.get("sliding_window"));
    }
    if (root.hasNonNull("quantization_config")) {
      throw fault("quantization_config", "is not supported: give full weights", "one");
    }
    String activation = root.path("hidden_act").asText("silu");
    if (!activation.equals("silu") && !activation.equals("swish")) {
      throw fault("hidden_act", "must be silu", activation);
    }
    if (root.path("partial_rotary_factor").asDouble(1) != 1) {
      throw fault("partial_rotary_factor", "must be 1", root.get("partial_rotary_factor"));
    }
  }

  private boolean has(String field) {
    return root.hasNonNull(field);
  }

  private int positive(String field) {
    JsonNode node = root.path(field);
    if (!node.isIntegralNumber() || node.asLong() < 1 || node.asLong() > Integer.MAX_VALUE) {
      throw fault(field, "must be a whole number >= 1", node.isMissingNode() ? "missing" : node);
    }
    return node.asInt();
  }

  /** What keeps a division from zero. */
  private double small(String field, double otherwise) {
    JsonNode node = root.path(field);
    if (!has(field)) {
      return otherwise;
    }
    if (!node.isNumber() || !(node.asDouble() >= 0 && node.asDouble() < 1)) {
      throw fault(field, "must be a number >= 0 and below 1, such as 1e-6", node);
    }
    return node.asDouble();
  }

  private ModelFileException fault(String field, String expected, Object found) {
    return new ModelFileException(file, field + " " + expected + ", was " + found);
  }
}
