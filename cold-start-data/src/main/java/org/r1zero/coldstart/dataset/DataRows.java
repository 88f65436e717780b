package org.r1zero.coldstart.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.r1zero.coldstart.records.BadRecord;
import org.r1zero.coldstart.records.RecordFiles;
import org.r1zero.coldstart.records.RecordSink;
import org.r1zero.verify.records.Records;

/** The rows of a data set's files, with the columns that they have. */
public final class DataRows {
  /** Reads what stands as text in a cell; pandas writes Python's quotes. */
  private static final ObjectMapper CELLS =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final List<Row> rows = new ArrayList<>();
  private final List<BadRecord> bad = new ArrayList<>();
  private final Map<String, Integer> columns = new LinkedHashMap<>();

  /**
   * One row.
   *
   * @param file that it is from
   * @param line where it begins, from 1
   * @param values of its columns
   */
  record Row(Path file, long line, ObjectNode values) {

    /** The value of a column, by its name or a dotted path; missing where it is null, too. */
    JsonNode at(String column) {
      return DataRows.at(values, column);
    }
  }

  /**
   * Reads files; what is not a row is noted.
   *
   * @throws IllegalArgumentException if one can't be read at all
   */
  public static DataRows read(List<Path> files) throws IOException {
    DataRows all = new DataRows();
    for (Path file : files) {
      RecordFiles.read(
          file,
          new RecordSink() {
            @Override
            public void record(long line, JsonNode record) {
              if (record instanceof ObjectNode values) {
                all.add(new Row(file, line, values));
              } else {
                unreadable(line, "is not an object, but " + shown(record));
              }
            }

            @Override
            public void unreadable(long line, String why) {
              all.bad.add(new BadRecord(file.toString(), line, why));
            }
          });
    }
    return all;
  }

  private void add(Row row) {
    rows.add(row);
    for (Map.Entry<String, JsonNode> value : row.values.properties()) {
      if (!value.getValue().isNull()) {
        count(value.getKey(), value.getValue());
      }
    }
  }

  /** Fields of structures count as columns of their own, one level deep. */
  private void count(String name, JsonNode value) {
    columns.merge(name, 1, Integer::sum);
    if (value.isObject()) {
      for (Map.Entry<String, JsonNode> field : value.properties()) {
        if (!field.getValue().isNull()) {
          columns.merge(name + "." + field.getKey(), 1, Integer::sum);
        }
      }
    }
  }

  List<Row> rows() {
    return rows;
  }

  /** How many rows there are. */
  public int size() {
    return rows.size();
  }

  /** Lines that hold no row. */
  public List<BadRecord> bad() {
    return bad;
  }

  /** How many rows have a value in each column; those of structures by their dotted paths too. */
  public Map<String, Integer> columns() {
    return columns;
  }

  /** The first value of a column, shortened; empty where there is none. */
  public String example(String column) {
    return rows.stream()
        .map(row -> row.at(column))
        .filter(value -> !value.isMissingNode())
        .findFirst()
        .map(DataRows::shown)
        .orElse("");
  }

  /** Whether any row has a value there. */
  boolean has(String column) {
    return columns.containsKey(column)
        || rows.stream().anyMatch(row -> !row.at(column).isMissingNode());
  }

  private static JsonNode at(JsonNode node, String path) {
    JsonNode direct = node.path(path);
    if (!direct.isMissingNode()) {
      return direct.isNull() ? MissingNode.getInstance() : direct;
    }
    if (node.isArray() && path.matches("\\d{1,9}")) {
      return node.path(Integer.parseInt(path));
    }
    for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
      String head = path.substring(0, dot);
      JsonNode child =
          node.isArray() && head.matches("\\d{1,9}")
              ? node.path(Integer.parseInt(head))
              : node.path(head);
      if (!child.isMissingNode()) {
        JsonNode inner = at(unfold(child), path.substring(dot + 1));
        if (!inner.isMissingNode()) {
          return inner;
        }
      }
    }
    return MissingNode.getInstance();
  }

  /** What a text spells, if that is an object or a list: tables have nothing else. */
  static JsonNode unfold(JsonNode node) {
    String text = node.isTextual() ? node.textValue().strip() : "";
    if (!text.startsWith("{") && !text.startsWith("[")) {
      return node;
    }
    try {
      JsonNode inner = CELLS.readTree(text);
      return inner.isContainerNode() ? inner : node;
    } catch (JsonProcessingException e) {
      return node; // a text that begins with a bracket
    }
  }

  /** A value in a message. */
  static String shown(JsonNode value) {
    String text = value.toString();
    return Records.shortened(text, 60, "…");
  }
}
