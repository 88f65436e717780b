package org.r1zero.coldstart.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import org.r1zero.coldstart.records.RecordFiles;
import org.r1zero.coldstart.records.RecordSink;
import org.r1zero.verify.Problem;

/** A published file of problems, each of whose records has to be of the published form. */
final class PublishedFile {
  private PublishedFile() {}

  /** From one record to a problem. */
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
    return read(file, remedy, (record, where) -> true, reader);
  }

  /** The same of those records that are wanted. */
  static List<Problem> read(
      Path file, String remedy, BiPredicate<JsonNode, String> wanted, Reader reader) {
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(file + ": is missing; " + remedy);
    }
    List<Problem> problems = new ArrayList<>();
    try {
      RecordFiles.read(
          file,
          new RecordSink() {
            @Override
            public void record(long line, JsonNode record) {
              String where = file + ":" + line;
              if (wanted.test(record, where)) {
                problems.add(reader.read(record, where, Math.toIntExact(line)));
              }
            }

            @Override
            public void unreadable(long line, String why) {
              throw new IllegalArgumentException(file + ":" + line + ": " + why);
            }
          });
    } catch (IOException e) {
      throw new IllegalArgumentException(file + ": can't be read: " + e.getMessage(), e);
    }
    if (problems.isEmpty()) {
      throw new IllegalArgumentException(file + ": has no problems; " + remedy);
    }
    return problems;
  }

  /** A text that a record has to have. */
  static String text(JsonNode node, String field, String where) {
    JsonNode value = node.path(field);
    if (value.isNumber()) { // 142.0 in some files stands for 142
      return value.decimalValue().stripTrailingZeros().toPlainString();
    }
    if (!value.isTextual() || value.textValue().isBlank()) {
      throw new IllegalArgumentException(
          where + ": must have the text " + field + ", found " + value);
    }
    return value.textValue();
  }
}
