package org.r1zero.experiment.metrics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.r1zero.verify.records.Records;

/** Reads files that may still be written: a last line that is cut off is left out. */
public final class JsonLinesReader {
  private JsonLinesReader() {}

  /**
   * The objects of a file, one per line; none where there is no file. Unreadable lines are left
   * out, and bytes that are not UTF-8 are shown as replacement characters.
   *
   * @param options how it is opened, such as {@code NOFOLLOW_LINKS}: then a link has none
   */
  public static List<JsonNode> read(Path file, OpenOption... options) throws IOException {
    List<JsonNode> records = new ArrayList<>();
    LinkOption[] follow =
        Arrays.stream(options).filter(LinkOption.class::isInstance).toArray(LinkOption[]::new);
    if (!Files.isRegularFile(file, follow)) {
      return records;
    }
    // not Files' own reader, which stops at a damaged byte
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(Files.newInputStream(file, options), StandardCharsets.UTF_8))) {
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
