package org.r1zero.experiment.metrics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads files that may still be written: a last line that is cut off is left out. */
public final class JsonLinesReader {
  private static final ObjectMapper JSON = new ObjectMapper();

  private JsonLinesReader() {}

  /**
   * The objects of a file, one per line; none where there is no file. Unreadable lines are left
   * out, and bytes that are not UTF-8 are shown as replacement characters.
   *
   * @param options how it is opened, such as {@code NOFOLLOW_LINKS}: then a link has none
   */
  public static List<JsonNode> read(Path file, OpenOption... options) throws IOException {
    List<JsonNode> records = new ArrayList<>();
    boolean follow = !List.of(options).contains(LinkOption.NOFOLLOW_LINKS);
    if (follow
        ? !Files.isRegularFile(file)
        : !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return records;
    }
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
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      return JSON.missingNode();
    }
  }
}
