package org.r1zero.grpo.model.weights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.r1zero.grpo.model.DecoderConfig;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.WeightNames;

/**
 * A model in Hugging Face layout: {@code config.json}, safetensors in one file or in shards, and
 * the tokenizer's files. Everything is checked when it is opened: names, shapes, sizes.
 */
public final class ModelDirectory implements PolicyModel.WeightSource {
  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path path;
  private final DecoderConfig config;
  private final Map<String, SafetensorsFile> fileOf;

  private ModelDirectory(Path path, DecoderConfig config, Map<String, SafetensorsFile> fileOf) {
    this.path = path;
    this.config = config;
    this.fileOf = fileOf;
  }

  /**
   * Opens a folder.
   *
   * @throws ModelFileException if a file is missing, truncated or of a kind that is not supported
   */
  public static ModelDirectory open(Path path) {
    if (!Files.isDirectory(path)) {
      throw new ModelFileException(
          path, "is no folder; give the path of a model in Hugging Face layout");
    }
    DecoderConfig config = DecoderConfigReader.read(path.resolve("config.json"));
    Map<String, SafetensorsFile> files = new LinkedHashMap<>();
    for (Path file : weightFiles(path)) {
      SafetensorsFile opened = SafetensorsFile.open(file);
      opened.names().forEach(name -> files.put(name, opened));
    }
    ModelDirectory directory = new ModelDirectory(path, config, files);
    directory.checkTensors();
    return directory;
  }

  /**
   * The shape that a folder's {@code config.json} states; its weights are not looked at.
   *
   * @throws ModelFileException if the file is missing or of a kind that is not supported
   */
  public static DecoderConfig readConfig(Path folder) {
    return DecoderConfigReader.read(folder.resolve("config.json"));
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
      throw new ModelFileException(index, "is no JSON: " + e.getMessage(), e);
    }
    if (shards.isEmpty()) {
      throw new ModelFileException(index, "weight_map is missing or empty");
    }
    return shards;
  }

  private void checkTensors() {
    Map<String, long[]> expected = WeightNames.shapes(config);
    Path config = path.resolve("config.json");
    for (Map.Entry<String, long[]> tensor : expected.entrySet()) {
      SafetensorsFile file = fileOf.get(tensor.getKey());
      if (file == null) {
        Path place = fileOf.values().stream().findFirst().map(SafetensorsFile::path).orElse(path);
        throw new ModelFileException(
            place, "lacks tensor " + tensor.getKey() + ", which " + config + " calls for");
      }
      long[] shape = file.shape(tensor.getKey());
      if (!Arrays.equals(shape, tensor.getValue())) {
        throw new ModelFileException(
            file.path(),
            tensor.getKey()
                + " must have shape "
                + Arrays.toString(tensor.getValue())
                + " by "
                + config
                + ", has "
                + Arrays.toString(shape));
      }
    }
    List<String> unknown = new ArrayList<>();
    for (String name : fileOf.keySet()) {
      boolean harmless = name.endsWith("rotary_emb.inv_freq") || name.equals("lm_head.weight");
      if (!expected.containsKey(name) && !harmless) {
        unknown.add(name);
      }
    }
    if (!unknown.isEmpty()) {
      throw new ModelFileException(
          path, "has tensors that " + config + " does not call for: " + unknown);
    }
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
    SafetensorsFile file = fileOf.get(name);
    if (file == null) {
      throw new ModelFileException(path, "lacks tensor " + name);
    }
    return file.read(name);
  }

  /** All weight files, for hashing. */
  public List<Path> weightFiles() {
    return fileOf.values().stream().map(SafetensorsFile::path).distinct().sorted().toList();
  }
}
