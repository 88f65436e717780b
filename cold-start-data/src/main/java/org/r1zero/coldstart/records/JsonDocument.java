package org.r1zero.coldstart.records;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.r1zero.verify.records.RecordFile;
import org.r1zero.verify.records.RecordText;
import org.r1zero.verify.records.Records;

/**
 * The records of a {@code .json} file: a list of objects; an object with such a list under one of
 * its keys, as {@code {"data": […]}}; a list for each column, or an object as pandas writes it; or
 * JSON lines under that name.
 */
final class JsonDocument {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private JsonDocument() {}

  static void read(Path file, RecordSink sink) throws IOException {
    if (isLines(file)) {
      RecordFiles.lines(file, sink);
      return;
    }
    try (Reader text = RecordText.open(file);
        JsonParser parser = JSON.createParser(text)) {
      JsonToken first = parser.nextToken();
      if (first == JsonToken.START_ARRAY) {
        for (long place = 1; parser.nextToken() != JsonToken.END_ARRAY; place++) {
          sink.record(place, Records.whole(JSON.<JsonNode>readTree(parser)));
        }
      } else if (first == JsonToken.START_OBJECT) {
        object(Records.whole(JSON.<JsonNode>readTree(parser)), sink);
      } else if (first != null) {
        throw new IllegalArgumentException(
            file + ": must be a list of objects, or an object that has one");
      }
      if (parser.nextToken() != null) {
        throw new IllegalArgumentException(
            file
                + ":"
                + parser.currentTokenLocation().getLineNr()
                + ": something follows the "
                + (first == JsonToken.START_ARRAY ? "list" : "object")
                + "; one record per line is JSON lines: name the file .jsonl");
      }
    } catch (JsonProcessingException e) {
      long line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      throw new IllegalArgumentException(file + ":" + line + ": is not JSON: " + Records.why(e), e);
    } catch (IOException e) {
      throw RecordText.fault(file, e);
    }
  }

  /** Whether the first two lines are an object each. */
  private static boolean isLines(Path file) throws IOException {
    try (RecordFile lines = RecordFile.open(file)) {
      for (int i = 0; i < 2; i++) {
        String line = lines.next();
        if (line == null || !line.strip().startsWith("{") || !Records.parse(line).isObject()) {
          return false;
        }
      }
      return true;
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  private static void object(JsonNode document, RecordSink sink) {
    List<JsonNode> lists =
        document.properties().stream()
            .map(Map.Entry::getValue)
            .filter(value -> value.isArray() && !value.isEmpty() && value.get(0).isObject())
            .toList();
    boolean columns = !document.isEmpty() && sameKeys(document);
    if (columns && (lists.size() != 1 || document.size() > 1)) {
      columns(document, sink);
    } else if (lists.size() == 1) {
      for (int i = 0; i < lists.get(0).size(); i++) {
        sink.record(i + 1, lists.get(0).get(i));
      }
    } else {
      sink.record(1, document);
    }
  }

  /** Whether all values are lists of one length, or objects with the same keys. */
  private static boolean sameKeys(JsonNode document) {
    JsonNode first = document.elements().next();
    if (!first.isContainerNode() || first.isEmpty()) {
      return false;
    }
    for (JsonNode value : document) {
      if (value.getNodeType() != first.getNodeType()
          || value.size() != first.size()
          || !keys(value).equals(keys(first))) {
        return false;
      }
    }
    return first.isArray() || keys(first).stream().allMatch(key -> key.matches("\\d{1,9}"));
  }

  private static Set<String> keys(JsonNode value) {
    Set<String> keys = new LinkedHashSet<>();
    value.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  private static void columns(JsonNode document, RecordSink sink) {
    JsonNode first = document.elements().next();
    List<String> keys = first.isArray() ? List.of() : List.copyOf(keys(first));
    for (int i = 0; i < first.size(); i++) {
      ObjectNode record = NODES.objectNode();
      for (Map.Entry<String, JsonNode> column : document.properties()) {
        JsonNode value = column.getValue();
        record.set(column.getKey(), keys.isEmpty() ? value.get(i) : value.get(keys.get(i)));
      }
      sink.record(i + 1, record);
    }
  }
}
