package org.r1zero.verify.records;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * JSON objects by their key, in a file to which each is appended as a line: what a killed process
 * had kept is found again. A damaged line, as a kill leaves it, is as if it were not there. Several
 * processes may append to one file. Thread-safe.
 */
public final class KeyedLines {
  private static final String KEY = "key";
  private final @Nullable Path file;
  private final Map<String, ObjectNode> all;

  private KeyedLines(@Nullable Path file, int most) {
    this.file = file;
    this.all = new Recent<>(most);
  }

  /** In memory alone: so many, those that were used last. */
  public static KeyedLines inMemory(int most) {
    return new KeyedLines(null, most);
  }

  /**
   * Reads what a file has.
   *
   * @param file made with its folder where there is none
   * @throws IOException if it can't be read or written
   */
  public static KeyedLines open(Path file) throws IOException {
    KeyedLines lines = new KeyedLines(file, Integer.MAX_VALUE);
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    append(file, "");
    // not Files' own reader, which stops at a damaged byte
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        lines.read(line);
      }
    }
    return lines;
  }

  private void read(String line) {
    try {
      JsonNode node = Records.parse(line);
      if (node instanceof ObjectNode object && object.path(KEY).isTextual()) {
        all.put(object.get(KEY).textValue(), object);
      }
    } catch (JsonProcessingException e) {
      LoggerFactory.getLogger(KeyedLines.class).debug("a line of {} is damaged", file);
    }
  }

  /** What was kept last under a key. */
  public synchronized Optional<ObjectNode> find(String key) {
    return Optional.ofNullable(all.get(key));
  }

  /**
   * Keeps an object.
   *
   * @throws IOException if the file can't be written; the object is found all the same
   */
  public synchronized void keep(String key, ObjectNode value) throws IOException {
    all.put(key, value.put(KEY, key));
    if (file != null) {
      append(file, "\n" + value + "\n"); // after an end of line: the last one may have none
    }
  }

  private static void append(Path file, String text) throws IOException {
    Files.write(
        file,
        text.getBytes(StandardCharsets.UTF_8),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }
}
