package org.r1zero.grpo.model.weights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.r1zero.grpo.model.DecoderConfig;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.WeightNames;
import org.slf4j.LoggerFactory;

/**
 * A model in Hugging Face layout: {@code config.json}, safetensors in one file or in shards, and
 * the tokenizer's files. Everything is checked when it is opened: names, shapes, sizes.
 */
public final class ModelDirectory implements PolicyModel.WeightSource {
  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";
  private static final int MOST_NAMED = 5;
  private static final Set<String> BUFFERS =
      Set.of("inv_freq", "original_inv_freq", "position_ids", "masked_bias", "causal_mask");
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String PREFIX = "model.";
  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final String HEAD = "lm_head.weight";

  private final Path path;
  private final DecoderConfig config;
  private final Map<String, Tensor> tensors;

  /** Where a tensor is, and what it is called there. */
  private record Tensor(SafetensorsFile file, String name) {}

  private ModelDirectory(Path path, DecoderConfig config, Map<String, Tensor> tensors) {
    this.path = path;
    this.config = config;
    this.tensors = tensors;
  }

  /**
   * Opens a folder.
   *
   * @throws ModelFileException if a file is missing, truncated or of a kind that is not supported
   */
  public static ModelDirectory open(Path path) {
    if (!Files.isDirectory(path)) {
      throw new ModelFileException(
          path, "is not a folder; give the path of a model in Hugging Face layout");
    }
    DecoderConfig config = DecoderConfigReader.read(path.resolve("config.json"));
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Path file : weightFiles(path)) {
      SafetensorsFile opened = SafetensorsFile.open(file);
      opened.names().forEach(name -> tensors.put(name, new Tensor(opened, name)));
    }
    prefix(tensors);
    ModelDirectory directory = new ModelDirectory(path, config, tensors);
    directory.checkTensors();
    return directory.withOwnHead();
  }

  /** A folder saved from the model without its head names tensors without their prefix. */
  private static void prefix(Map<String, Tensor> tensors) {
    if (tensors.containsKey(EMBEDDING)
        || !tensors.containsKey(EMBEDDING.substring(PREFIX.length()))) {
      return;
    }
    for (Map.Entry<String, Tensor> tensor : List.copyOf(tensors.entrySet())) {
      if (!tensor.getKey().equals(HEAD)) {
        tensors.remove(tensor.getKey());
        tensors.put(PREFIX + tensor.getKey(), tensor.getValue());
      }
    }
  }

  /**
   * Where the config ties the output layer to the embedding but the files have another one, it is
   * theirs that counts, as in transformers.
   */
  private ModelDirectory withOwnHead() {
    Tensor head = tensors.get(HEAD);
    Tensor embedding = tensors.get(EMBEDDING);
    if (!config.tieWordEmbeddings()
        || head == null
        || embedding == null
        || head.equals(embedding)
        || head.file().sameValues(head.name(), embedding.file(), embedding.name())) {
      return this;
    }
    LoggerFactory.getLogger(ModelDirectory.class)
        .warn(
            "{}: tie_word_embeddings is true, but {} differs from the embedding: the file's own"
                + " output layer is used, as transformers does",
            path.resolve("config.json"),
            HEAD);
    return new ModelDirectory(path, config.untied(), tensors);
  }

  /**
   * The shape that a folder's {@code config.json} states, and its weights where they are there:
   * they decide whether the output layer is tied.
   *
   * @throws ModelFileException if the file is missing or of a kind that is not supported
   */
  public static DecoderConfig readConfig(Path folder) {
    DecoderConfig config = DecoderConfigReader.read(folder.resolve("config.json"));
    boolean weights =
        Files.isRegularFile(folder.resolve(SINGLE)) || Files.isRegularFile(folder.resolve(INDEX));
    return config.tieWordEmbeddings() && weights ? open(folder).config() : config;
  }

  private static Set<Path> weightFiles(Path path) {
    Path single = path.resolve(SINGLE);
    if (Files.isRegularFile(single)) {
      return Set.of(single);
    }
    Path index = path.resolve(INDEX);
    if (!Files.isRegularFile(index)) {
      throw new ModelFileException(
          single, "is missing, and so is " + INDEX + "; weights must be safetensors");
    }
    Set<Path> shards = new LinkedHashSet<>();
    try {
      for (JsonNode shard : JSON.readTree(index.toFile()).path("weight_map")) {
        Path file = path.resolve(shard.asText()).normalize();
        if (!file.startsWith(path.normalize()) || !Files.isRegularFile(file)) {
          throw new ModelFileException(
              index, "weight_map names " + shard.asText() + ", which is missing");
        }
        shards.add(file);
      }
    } catch (IOException e) {
      throw ModelFileException.notJson(index, e);
    }
    if (shards.isEmpty()) {
      throw new ModelFileException(index, "weight_map is missing or empty");
    }
    return shards;
  }

  private void checkTensors() {
    if (config.layers() > tensors.size()) {
      throw new ModelFileException(
          path.resolve("config.json"),
          String.format(
              "num_hidden_layers is %s, but the weights are only %s tensors",
              config.layers(), tensors.size()));
    }
    Map<String, long[]> expected = WeightNames.shapes(config);
    if (config.tieWordEmbeddings()) {
      if (!tensors.containsKey(EMBEDDING) && tensors.containsKey(HEAD)) {
        tensors.put(EMBEDDING, tensors.get(HEAD)); // tied: either name will do
      }
      if (tensors.containsKey(HEAD)) {
        expected.put(HEAD, expected.get(EMBEDDING));
      }
    }
    for (Map.Entry<String, long[]> tensor : expected.entrySet()) {
      Tensor found = tensors.get(tensor.getKey());
      if (found == null) {
        Path place = tensors.values().stream().findFirst().map(t -> t.file().path()).orElse(path);
        throw new ModelFileException(
            place, "lacks tensor " + tensor.getKey() + ", which " + config + " calls for");
      }
      long[] shape = found.file().shape(found.name());
      if (!Arrays.equals(shape, tensor.getValue())) {
        throw new ModelFileException(
            found.file().path(),
            String.format(
                "%s must have shape %s by %s, has %s",
                found.name(), Arrays.toString(tensor.getValue()), config, Arrays.toString(shape)));
      }
      found.file().requireReadable(found.name());
    }
    List<String> unknown =
        tensors.keySet().stream()
            .filter(name -> !expected.containsKey(name) && !isUnusedBuffer(name))
            .toList();
    if (!unknown.isEmpty()) {
      throw new ModelFileException(
          path,
          String.format(
              "has tensors that %s does not call for: %s%s",
              config,
              unknown.subList(0, Math.min(MOST_NAMED, unknown.size())),
              unknown.size() > MOST_NAMED
                  ? " and " + (unknown.size() - MOST_NAMED) + " more"
                  : ""));
    }
  }

  /** What older versions of transformers saved beside the weights, and computes itself today. */
  private static boolean isUnusedBuffer(String name) {
    String last = name.substring(name.lastIndexOf('.') + 1);
    return name.contains("rotary_emb.")
        || name.contains("rotary_pos_emb.")
        || BUFFERS.contains(last);
  }

  /** The folder. */
  public Path path() {
    return path;
  }

  /** What its {@code config.json} says. */
  public DecoderConfig config() {
    return config;
  }

  @Override
  public FloatBuffer read(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new ModelFileException(path, "lacks tensor " + name);
    }
    return tensor.file().read(tensor.name());
  }

  /** All weight files, for hashing. */
  public List<Path> weightFiles() {
    return tensors.values().stream().map(t -> t.file().path()).distinct().sorted().toList();
  }
}
