package org.r1zero.coldstart.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.r1zero.verify.Problem;
import org.r1zero.verify.records.RecordFile;
import org.r1zero.verify.records.Records;

/** A published file of problems: JSON lines, plain or gzipped. */
final class JsonLinesFile {
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
   * @param remedy what to do where it is missing or has no problems
   * @throws IllegalArgumentException naming file and line, if it is missing, empty, damaged or of
   *     another form
   */
  static List<Problem> read(Path file, String remedy, Reader reader) {
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(file + ": is missing; " + remedy);
    }
    List<Problem> problems = new ArrayList<>();
    try (RecordFile lines = RecordFile.open(file)) {
      for (String line = lines.next(); line != null; line = lines.next()) {
        problems.add(
            reader.read(parse(line, lines.where()), lines.where(), Math.toIntExact(lines.line())));
      }
    } catch (IOException e) {
      throw new IllegalArgumentException(file + ": can't be read: " + e.getMessage(), e);
    }
    if (problems.isEmpty()) {
      throw new IllegalArgumentException(file + ": has no problems; " + remedy);
    }
    return problems;
  }

  private static JsonNode parse(String line, String where) {
    try {
      return Records.parse(line);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(where + ": is not JSON: " + Records.why(e), e);
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
