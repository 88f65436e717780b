package org.r1zero.experiment.dashboard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.config.RecipeLoader;
import org.r1zero.experiment.metrics.JsonFiles;

/**
 * Reads a run's own files and no others: what is reached by a link inside the folder counts as
 * missing, and of a file that is larger than it should be the end is left out.
 */
final class RunFiles {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_BYTES = 1 << 20;
  private static final int TAIL_BYTES = 1 << 16;

  private RunFiles() {}

  /** Whether it is a file, and nothing below the folder on the way to it is a link. */
  static boolean has(Path folder, String name) {
    Path at = folder;
    for (Path part : Path.of(name)) {
      at = at.resolve(part);
      if (Files.isSymbolicLink(at)) {
        return false;
      }
    }
    return Files.isRegularFile(at, LinkOption.NOFOLLOW_LINKS);
  }

  /** When it was last written, in milliseconds; 0 without it. */
  static long written(Path folder, String name) throws IOException {
    return has(folder, name)
        ? Files.getLastModifiedTime(folder.resolve(name), LinkOption.NOFOLLOW_LINKS).toMillis()
        : 0;
  }

  /** A file of one JSON object; empty where there is none, or it is being written. */
  static JsonNode json(Path folder, String name) throws IOException {
    if (has(folder, name)) {
      try {
        return JSON.readTree(text(folder, name));
      } catch (JsonProcessingException e) {
        return JSON.createObjectNode(); // being written
      }
    }
    return JSON.createObjectNode();
  }

  /** A file of one record; {@code null} where there is none that can be read. */
  static <T> @Nullable T read(Path folder, String name, Class<T> type) throws IOException {
    if (!has(folder, name)) {
      return null;
    }
    try {
      return JsonFiles.of(JSON.readTree(text(folder, name)), type);
    } catch (JsonProcessingException e) {
      return null; // being written, or cut off
    }
  }

  /** A recipe's keys; empty where there is none that can be read. */
  static JsonNode recipe(Path folder) throws IOException {
    try {
      return RecipeLoader.parse(text(folder, "recipe.yaml"));
    } catch (ConfigException | IllegalArgumentException e) {
      return JSON.createObjectNode(); // being written
    }
  }

  /** The beginning of a file; empty without it. */
  static String text(Path folder, String name) throws IOException {
    if (!has(folder, name)) {
      return "";
    }
    try (InputStream in = Files.newInputStream(folder.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
      return new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
    }
  }

  /** The last whole line of a file that grows, as JSON; missing where there is none. */
  static JsonNode lastLine(Path folder, String name) throws IOException {
    if (!has(folder, name)) {
      return JsonNodeFactory.instance.missingNode();
    }
    String tail;
    try (SeekableByteChannel channel =
        Files.newByteChannel(
            folder.resolve(name), Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      channel.position(Math.max(0, channel.size() - TAIL_BYTES));
      tail =
          new String(
              Channels.newInputStream(channel).readNBytes(TAIL_BYTES), StandardCharsets.UTF_8);
    }
    int end = tail.lastIndexOf('\n');
    int start = end < 0 ? -1 : tail.lastIndexOf('\n', end - 1);
    try {
      return end < 0
          ? JsonNodeFactory.instance.missingNode()
          : JSON.readTree(tail.substring(start + 1, end));
    } catch (JsonProcessingException e) {
      return JsonNodeFactory.instance.missingNode();
    }
  }
}
