package org.r1zero.coldstart.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.r1zero.verify.Problem;

/** A benchmark's published file: JSON lines, plain or gzipped. */
final class JsonLinesFile {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private JsonLinesFile() {}

  /** From one line to a problem. */
  interface Reader {

    /**
     * Reads a record.
     *
     * @param node the record
     * @param where file and line, for messages
     * @param line its number, from 1
     * @throws IllegalArgumentException if it is not of the published form
     */
    Problem read(JsonNode node, String where, int line);
  }

  /**
   * Reads a whole file.
   *
   * @param what it should be, such as {@code MATH-500's test.jsonl}
   * @throws IllegalArgumentException naming file and line, if it is missing, empty or of another
   *     form
   */
  static List<Problem> read(Path file, String what, Reader reader) {
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(
          file + ": is missing; set task.options.path to " + what + ", plain or .gz");
    }
    List<Problem> problems = new ArrayList<>();
    try (InputStream raw = Files.newInputStream(file);
        InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw;
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      String line;
      for (int number = 1; (line = lines.readLine()) != null; number++) {
        if (!line.isBlank()) {
          String where = file + ":" + number;
          problems.add(reader.read(parse(line, where), where, number));
        }
      }
    } catch (IOException e) {
      throw new IllegalArgumentException(file + ": can't be read: " + e.getMessage(), e);
    }
    if (problems.isEmpty()) {
      throw new IllegalArgumentException(file + ": has no problems; it should be " + what);
    }
    return problems;
  }

  private static JsonNode parse(String line, String where) {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(where + ": is no JSON: " + e.getOriginalMessage(), e);
    }
  }

  /** A text that a record has to have. */
  static String text(JsonNode node, String field, String where) {
    JsonNode value = node.path(field);
    if (value.isIntegralNumber()) {
      return value.asText();
    }
    if (!value.isTextual() || value.textValue().isBlank()) {
      throw new IllegalArgumentException(
          where + ": must have the text " + field + ", found " + value);
    }
    return value.textValue();
  }
}
