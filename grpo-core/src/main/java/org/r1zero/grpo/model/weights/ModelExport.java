package org.r1zero.grpo.model.weights;

import ai.djl.Device;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.r1zero.grpo.files.Folders;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.DecoderConfig;
import org.r1zero.grpo.model.LoraAdapters;
import org.r1zero.grpo.model.Parameter;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.WeightNames;

/** Writes a policy as a Hugging Face folder that transformers loads. */
public final class ModelExport {
  private static final String TEMPLATES = "additional_chat_templates";
  private static final Pattern TEMPLATE = Pattern.compile("[^.].*\\.jinja");

  /** Files of a tokenizer in its forms, how to sample, and what people read. */
  private static final Pattern BELONGING =
      Pattern.compile(
          "generation_config\\.json|chat_template\\.(jinja|json)|special_tokens_map\\.json"
              + "|added_tokens\\.json|(tokenizer|tokenizer_config|vocab)\\.json|vocab\\.txt"
              + "|merges\\.txt|(tokenizer|spiece|sentencepiece(\\.bpe)?)\\.model"
              + "|README\\.md|(LICEN[CS]E|NOTICE|COPYING|USE_POLICY).*");

  private static final ObjectMapper JSON = new ObjectMapper();
  private final TensorType type;
  private final long maxShardBytes;

  /**
   * Sets the form.
   *
   * @param type F32 or BF16
   * @param maxShardBytes weights are split into files of at most this size, where they exceed it
   */
  public ModelExport(TensorType type, long maxShardBytes) {
    if (type != TensorType.F32 && type != TensorType.BF16) {
      throw new IllegalArgumentException("weights are written in F32 or BF16, not in " + type);
    }
    this.type = type;
    this.maxShardBytes = maxShardBytes;
  }

  /**
   * Writes a folder: the weights, and what else belongs to the model in the folder that it came
   * from: its config, tokenizer, chat templates, card and licences. Other weights in that folder,
   * in whatever format, are not this model's any more. It appears whole or not at all.
   *
   * @param source where the model came from: its config and tokenizer files are copied
   * @param target must not exist
   * @throws ModelFileException if the source has no config
   */
  public void write(PolicyModel policy, Path source, Path target) throws IOException {
    if (Files.exists(target)) {
      throw new FileAlreadyExistsException(
          target.toString(), null, "a model is written to a new folder; choose another name");
    }
    Path config = source.resolve("config.json");
    if (!Files.isRegularFile(config)) {
      throw new ModelFileException(config, "is missing: the export copies it");
    }
    if (policy.adapters().isPresent() && policy.computeType() != ComputeType.FLOAT32) {
      writeExactly(policy, source, target);
      return;
    }
    Folders.make(
        target,
        fresh -> {
          Files.createDirectories(fresh);
          copyOtherFiles(policy.config(), source, fresh);
          writeWeights(policy, fresh);
        });
  }

  /** Adds the adapters to the base as its file has it: in memory it is rounded to bf16. */
  private void writeExactly(PolicyModel policy, Path source, Path target) throws IOException {
    LoraAdapters trained = policy.adapters().orElseThrow();
    try (PolicyModel exact =
        new PolicyModel(
            policy.config(),
            ModelDirectory.open(source),
            ComputeType.FLOAT32,
            Device.cpu(),
            trained.config(),
            0)) {
      List<Parameter> into = exact.adapters().orElseThrow().parameters();
      for (int i = 0; i < into.size(); i++) {
        float[] values = trained.parameters().get(i).value().toFloatArray();
        into.get(i).value().set(FloatBuffer.wrap(values));
      }
      write(exact, source, target);
    }
  }

  private void copyOtherFiles(DecoderConfig shape, Path source, Path target) throws IOException {
    ObjectNode config = (ObjectNode) JSON.readTree(source.resolve("config.json").toFile());
    config.remove("torch_dtype");
    config.put("dtype", type == TensorType.F32 ? "float32" : "bfloat16");
    config.put("tie_word_embeddings", shape.tieWordEmbeddings());
    if (config.path("architectures").path(0).asText().endsWith("Model")) {
      String own = config.path("architectures").path(0).asText();
      config.putArray("architectures").add(own.replaceFirst("Model$", "ForCausalLM"));
    }
    JSON.writerWithDefaultPrettyPrinter()
        .writeValue(target.resolve("config.json").toFile(), config);
    copy(source, target, BELONGING);
    Path templates = source.resolve(TEMPLATES);
    if (Files.isDirectory(templates)) {
      copy(templates, Files.createDirectory(target.resolve(TEMPLATES)), TEMPLATE);
    }
  }

  private static void copy(Path source, Path target, Pattern names) throws IOException {
    try (Stream<Path> files = Files.list(source)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = file.getFileName().toString();
        if (names.matcher(name).matches()) {
          Files.copy(file, target.resolve(name));
        }
      }
    }
  }

  private void writeWeights(PolicyModel policy, Path target) throws IOException {
    List<Map<String, long[]>> shards = shards(WeightNames.shapes(policy.config()));
    ObjectNode index = JSON.createObjectNode();
    ObjectNode weightMap = JSON.createObjectNode();
    long total = 0;
    for (int i = 0; i < shards.size(); i++) {
      String name =
          shards.size() == 1
              ? "model.safetensors"
              : String.format("model-%05d-of-%05d.safetensors", i + 1, shards.size());
      try (SafetensorsWriter writer =
          new SafetensorsWriter(target.resolve(name), type, shards.get(i))) {
        for (Map.Entry<String, long[]> tensor : shards.get(i).entrySet()) {
          policy.readTensor(tensor.getKey(), writer::write);
          weightMap.put(tensor.getKey(), name);
          total += SafetensorsWriter.bytes(tensor.getValue(), type);
        }
      }
    }
    if (shards.size() > 1) {
      index.putObject("metadata").put("total_size", total);
      index.set("weight_map", weightMap);
      JSON.writeValue(target.resolve("model.safetensors.index.json").toFile(), index);
    }
  }

  private List<Map<String, long[]>> shards(Map<String, long[]> shapes) {
    List<Map<String, long[]>> shards = new ArrayList<>();
    Map<String, long[]> current = new LinkedHashMap<>();
    long size = 0;
    for (Map.Entry<String, long[]> tensor : shapes.entrySet()) {
      long bytes = SafetensorsWriter.bytes(tensor.getValue(), type);
      if (!current.isEmpty() && size + bytes > maxShardBytes) {
        shards.add(current);
        current = new LinkedHashMap<>();
        size = 0;
      }
      current.put(tensor.getKey(), tensor.getValue());
      size += bytes;
    }
    shards.add(current);
    return shards;
  }
}
