package org.r1zero.experiment.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.config.StageConfig;
import org.r1zero.grpo.files.Folders;
import org.r1zero.grpo.files.Hashes;
import org.r1zero.grpo.files.WholeFiles;

/**
 * Where a stage's work is: {@code inputs.json}, what its key is made of; {@code tries/}, what each
 * try took; {@code done.json}, written last, with what it made.
 */
final class StageFolder {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);
  private static final String DONE = "done.json";
  private static final int KEY_CHARS = 12;
  private final Path path;
  private final ObjectNode inputs;

  private StageFolder(Path path, ObjectNode inputs) {
    this.path = path;
    this.inputs = inputs;
  }

  /** The folder of a stage with the inputs that it has now; nothing is made. */
  static StageFolder of(Path parent, StageConfig config, Stage stage) throws IOException {
    ObjectNode inputs = JSON.createObjectNode();
    inputs.put("kind", config.kind().toString());
    inputs.set("configuration", sorted(stage.configuration()));
    ObjectNode hashes = inputs.putObject("sha256");
    for (Map.Entry<String, Path> input : new TreeMap<>(stage.inputs()).entrySet()) {
      hashes.put(input.getKey(), Folders.hash(input.getValue()));
    }
    String key = Hashes.sha256(JSON.writeValueAsString(inputs)).substring(0, KEY_CHARS);
    return new StageFolder(parent.resolve(config.name() + "-" + key), inputs);
  }

  /** Keys in order, so that a recipe's order of keys changes nothing. */
  private static JsonNode sorted(JsonNode node) throws IOException {
    Object plain = JSON.treeToValue(node, Object.class);
    return JSON.readTree(JSON.writeValueAsString(plain));
  }

  Path path() {
    return path;
  }

  boolean isDone() {
    return Files.isRegularFile(path.resolve(DONE));
  }

  /** Runs the stage here, or goes on with what is here. */
  void run(Stage stage) throws IOException {
    Files.createDirectories(path);
    WholeFiles.write(
        path.resolve("inputs.json"),
        JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(inputs));
    StageMeter meter = StageMeter.start(path);
    try {
      Stage.Made made = stage.run(path, meter);
      meter.end(StageMeter.DONE);
      ObjectNode node = JSON.createObjectNode();
      put(node, "model", made.model());
      put(node, "data", made.data());
      WholeFiles.write(path.resolve(DONE), JSON.writeValueAsBytes(node));
    } catch (IOException | RuntimeException e) {
      meter.end("failed: " + e);
      throw e;
    }
  }

  /** Relative, so that a folder of runs can be moved. */
  private void put(ObjectNode node, String name, @Nullable Path file) {
    node.put(name, file == null ? null : path.relativize(file).toString());
  }

  /** The model that it made, or {@code null}. */
  @Nullable Path model() throws IOException {
    return made("model");
  }

  /** The training examples that it made, or {@code null}. */
  @Nullable Path data() throws IOException {
    return made("data");
  }

  private @Nullable Path made(String name) throws IOException {
    String file = JSON.readTree(path.resolve(DONE).toFile()).path(name).textValue();
    return file == null ? null : path.resolve(file);
  }

  StageCost cost() throws IOException {
    return StageMeter.total(path);
  }

  StageTries tries() throws IOException {
    return StageMeter.broken(path);
  }

  void delete() throws IOException {
    Folders.delete(path);
  }
}
