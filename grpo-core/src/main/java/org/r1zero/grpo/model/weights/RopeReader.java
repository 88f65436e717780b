package org.r1zero.grpo.model.weights;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.r1zero.grpo.model.RopeScaling;

/**
 * Reads the rotary part of {@code config.json}: {@code rope_theta} with {@code rope_scaling}, or
 * the newer {@code rope_parameters} that holds both. Defaults are those of transformers' {@code
 * modeling_rope_utils}.
 */
final class RopeReader {
  private final Path file;
  private final JsonNode root;
  private final JsonNode scaling;
  private final String block;
  private final int context;

  RopeReader(Path file, JsonNode root, int context) {
    this.file = file;
    this.root = root;
    this.context = context;
    this.block = root.hasNonNull("rope_parameters") ? "rope_parameters" : "rope_scaling";
    this.scaling = root.path(block);
  }

  double theta() {
    JsonNode node = scaling.hasNonNull("rope_theta") ? scaling.get("rope_theta") : null;
    double theta = node == null ? root.path("rope_theta").asDouble(10_000) : node.asDouble();
    if (!(theta > 0)) {
      throw new ModelFileException(file, "rope_theta must be > 0, was " + theta);
    }
    return theta;
  }

  RopeScaling scaling() {
    if (scaling.isMissingNode() || scaling.isNull()) {
      return new RopeScaling.None();
    }
    String type = scaling.path("rope_type").asText(scaling.path("type").asText("default"));
    return switch (type) {
      case "default" -> new RopeScaling.None();
      case "linear" -> new RopeScaling.Linear(required("factor"));
      case "llama3" ->
          new RopeScaling.Llama3(
              required("factor"),
              required("low_freq_factor"),
              required("high_freq_factor"),
              (int) required("original_max_position_embeddings"));
      case "yarn" -> yarn();
      default ->
          throw new ModelFileException(
              file, block + ".rope_type must be default, linear, llama3 or yarn, was " + type);
    };
  }

  private RopeScaling yarn() {
    int original = (int) optional("original_max_position_embeddings", context);
    double factor = required("factor");
    return new RopeScaling.Yarn(
        factor,
        optional("beta_fast", 32),
        optional("beta_slow", 1),
        original,
        attentionFactor(factor),
        scaling.path("truncate").asBoolean(true));
  }

  private double attentionFactor(double factor) {
    if (scaling.hasNonNull("attention_factor")) {
      return scaling.get("attention_factor").asDouble();
    }
    double mscale = optional("mscale", 0);
    double mscaleAllDim = optional("mscale_all_dim", 0);
    if (mscale != 0 && mscaleAllDim != 0) {
      return magnitude(factor, mscale) / magnitude(factor, mscaleAllDim);
    }
    return magnitude(factor, 1);
  }

  private static double magnitude(double factor, double mscale) {
    return factor <= 1 ? 1 : 0.1 * mscale * Math.log(factor) + 1;
  }

  private double optional(String field, double otherwise) {
    return scaling.hasNonNull(field) ? required(field) : otherwise;
  }

  private double required(String field) {
    JsonNode node = scaling.path(field);
    if (!node.isNumber() || !(node.asDouble() > 0)) {
      throw new ModelFileException(
          file,
          String.format(
              "%s.%s must be a number > 0, was %s",
              block, field, node.isMissingNode() ? "missing" : node));
    }
    return node.asDouble();
  }
}
