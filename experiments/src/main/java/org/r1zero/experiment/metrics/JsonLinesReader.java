package org.r1zero.experiment.metrics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.r1zero.verify.records.Records;

/** Reads files that may still be written: a last line that is cut off is left out. */
public final class JsonLinesReader {
  private JsonLinesReader() {}

  /**
   * The objects of a file, one a line; none where there is no file. Unreadable lines are left out.
   */
  public static List<JsonNode> read(Path file) throws IOException {
    List<JsonNode> records = new ArrayList<>();
    if (!Files.isRegularFile(file)) {
      return records;
    }
    // not Files' own reader, which stops at a damaged byte
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
      String line;
      while ((line = lines.readLine()) != null) {
        JsonNode node = parse(line);
        if (node.isObject()) {
          records.add(node);
        }
      }
    }
    return records;
  }

  private static JsonNode parse(String line) {
    try {
      return Records.parse(line);
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }
}
