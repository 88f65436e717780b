package org.r1zero.grpo.checkpoint;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeSet;
import org.r1zero.grpo.files.Hashes;
import org.r1zero.grpo.model.weights.SafetensorsFile;
import org.r1zero.grpo.torch.ArrayBlocks;

/** A state on disk, found whole: every file has the size and the hash that its manifest names. */
public final class Checkpoint {
  static final String MANIFEST = "manifest.json";
  static final String TENSORS = "tensors.safetensors";
  static final String VALUES = "state.json";
  private static final int READ_AT_ONCE = 1 << 24;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path path;
  private final long step;
  private final ObjectNode values;

  private Checkpoint(Path path, long step, ObjectNode values) {
    this.path = path;
    this.step = step;
    this.values = values;
  }

  /**
   * Opens a checkpoint and reads every byte of it once.
   *
   * @throws CheckpointException if a file is missing, truncated or changed
   */
  public static Checkpoint open(Path path) {
    try {
      JsonNode manifest = JSON.readTree(path.resolve(MANIFEST).toFile());
      if (!manifest.isObject()) {
        throw new CheckpointException(path + " is damaged: its " + MANIFEST + " is empty");
      }
      for (String file : new String[] {TENSORS, VALUES}) {
        check(path.resolve(file), manifest.path("files").path(file));
      }
      JsonNode values = JSON.readTree(path.resolve(VALUES).toFile());
      long step = manifest.path("step").asLong(-1);
      if (!path.getFileName().toString().equals(CheckpointStore.name(step))
          || !(values instanceof ObjectNode object)) {
        throw new CheckpointException(path + " is damaged: its manifest is not its own");
      }
      return new Checkpoint(path, step, object);
    } catch (JsonProcessingException e) {
      throw new CheckpointException(path + " is damaged: " + MANIFEST + " is not valid JSON", e);
    } catch (NoSuchFileException e) {
      throw new CheckpointException(e.getFile() + " is missing", e);
    } catch (IOException e) {
      throw new CheckpointException(path + " can't be read: " + e.getMessage(), e);
    }
  }

  private static void check(Path file, JsonNode expected) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new CheckpointException(file + " is missing");
    }
    long size = Files.size(file);
    if (size != expected.path("bytes").asLong(-1)) {
      throw new CheckpointException(
          String.format(
              "%s is damaged: it has %s bytes, was written with %s",
              file, size, expected.path("bytes")));
    }
    if (!Hashes.sha256(file).equals(expected.path("sha256").asText())) {
      throw new CheckpointException(
          file + " is damaged: its SHA-256 is not that of what was written");
    }
  }

  /** Its folder. */
  public Path path() {
    return path;
  }

  /** Finished steps. */
  public long step() {
    return step;
  }

  /** What was saved besides tensors. */
  public ObjectNode values() {
    return values;
  }

  /**
   * Fills live arrays with what was saved, in place.
   *
   * @param targets by the names that they were saved under: all of them, in the same shapes
   * @throws CheckpointException if names or shapes differ; then nothing was changed
   */
  public void restore(Map<String, NDArray> targets) {
    SafetensorsFile file = SafetensorsFile.open(path.resolve(TENSORS));
    if (!file.names().equals(targets.keySet())) {
      TreeSet<String> missing = new TreeSet<>(targets.keySet());
      missing.removeAll(file.names());
      TreeSet<String> surplus = new TreeSet<>(file.names());
      surplus.removeAll(targets.keySet());
      throw new CheckpointException(
          String.format(
              "%s is of another model or optimizer: it lacks %s, has besides %s",
              path, missing, surplus));
    }
    targets.forEach((name, target) -> checkShape(file, name, target));
    targets.forEach((name, target) -> fill(file, name, target));
  }

  /**
   * Fills live arrays with some of what was saved, such as the weights alone.
   *
   * @param targets by the names that they were saved under, in the same shapes
   * @throws CheckpointException if one is missing or its shape differs; then nothing was changed
   */
  public void restoreSome(Map<String, NDArray> targets) {
    SafetensorsFile file = SafetensorsFile.open(path.resolve(TENSORS));
    targets.forEach((name, target) -> checkShape(file, name, target));
    targets.forEach((name, target) -> fill(file, name, target));
  }

  private void checkShape(SafetensorsFile file, String name, NDArray target) {
    long[] saved = file.shape(name);
    long[] wanted = target.getShape().getShape();
    if (!Arrays.equals(saved, wanted)) {
      throw new CheckpointException(
          String.format(
              "%s is of another model: %s must have shape %s, has %s",
              path, name, Arrays.toString(wanted), Arrays.toString(saved)));
    }
  }

  private static void fill(SafetensorsFile file, String name, NDArray target) {
    long count = target.size();
    for (long at = 0; at < count; at += READ_AT_ONCE) {
      FloatBuffer saved = file.read(name, at, (int) Math.min(READ_AT_ONCE, count - at));
      ArrayBlocks.write(target, at, saved);
    }
  }
}
