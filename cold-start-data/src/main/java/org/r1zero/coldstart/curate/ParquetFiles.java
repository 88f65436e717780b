package org.r1zero.coldstart.curate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.apache.parquet.schema.Type;

/**
 * Parquet files as the datasets library writes them: texts, numbers, and lists of structures. Rows
 * pass as JSON texts, so that both kinds of files are read by the same rules.
 */
final class ParquetFiles {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TEXTS =
      "optional binary prompt (STRING); optional binary completion (STRING);";
  private static final String MESSAGES =
      "optional group messages (LIST) { repeated group list { optional group element {"
          + " optional binary role (STRING); optional binary content (STRING); } } }";
  private static final String MORE = "optional binary problem (STRING); optional int32 difficulty;";

  private ParquetFiles() {}

  static void read(Path file, ExampleFiles.RecordSink sink) throws IOException {
    try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(file))) {
      MessageType schema = reader.getFooter().getFileMetaData().getSchema();
      long row = 0;
      PageReadStore pages;
      while ((pages = reader.readNextRowGroup()) != null) {
        RecordReader<Group> records =
            new ColumnIOFactory()
                .getColumnIO(schema)
                .getRecordReader(pages, new GroupRecordConverter(schema));
        for (long i = 0; i < pages.getRowCount(); i++) {
          sink.accept(++row, object(records.read(), schema).toString());
        }
      }
    } catch (RuntimeException e) {
      if (e.getClass().getName().startsWith("org.apache.parquet")
          || String.valueOf(e.getMessage()).contains("is not a Parquet file")) {
        throw new IllegalArgumentException(file + ": is no readable Parquet file: " + e, e);
      }
      throw e;
    }
  }

  private static ObjectNode object(Group group, GroupType type) {
    ObjectNode node = JSON.createObjectNode();
    for (Type field : type.getFields()) {
      if (group.getFieldRepetitionCount(field.getName()) > 0) {
        node.set(field.getName(), value(group, field, field.getName(), 0));
      }
    }
    return node;
  }

  private static JsonNode value(Group group, Type field, String name, int index) {
    if (!field.isPrimitive()) {
      Group inner = group.getGroup(name, index);
      return field.getLogicalTypeAnnotation()
              instanceof LogicalTypeAnnotation.ListLogicalTypeAnnotation
          ? list(inner, field.asGroupType())
          : object(inner, field.asGroupType());
    }
    return switch (field.asPrimitiveType().getPrimitiveTypeName()) {
      case BINARY -> JSON.getNodeFactory().textNode(group.getString(name, index));
      case INT32 -> JSON.getNodeFactory().numberNode(group.getInteger(name, index));
      case INT64 -> JSON.getNodeFactory().numberNode(group.getLong(name, index));
      default -> JSON.getNodeFactory().textNode(group.getValueToString(0, index));
    };
  }

  /**
   * The three-level list of the format's specification; other writers name the levels otherwise.
   */
  private static ArrayNode list(Group group, GroupType type) {
    ArrayNode array = JSON.createArrayNode();
    GroupType repeated = type.getType(0).asGroupType();
    for (int i = 0; i < group.getFieldRepetitionCount(0); i++) {
      Group entry = group.getGroup(0, i);
      Type element = repeated.getType(0);
      if (entry.getFieldRepetitionCount(0) > 0) {
        array.add(value(entry, element, element.getName(), 0));
      }
    }
    return array;
  }

  static void write(Path file, List<String> records) throws IOException {
    MessageType schema =
        MessageTypeParser.parseMessageType("message example {" + TEXTS + MESSAGES + MORE + "}");
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new LocalOutputFile(file))
            .withType(schema)
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .build()) {
      for (String json : records) {
        writer.write(group(JSON.readTree(json), schema));
      }
    }
  }

  private static Group group(JsonNode node, MessageType schema) {
    SimpleGroup row = new SimpleGroup(schema);
    for (String text : List.of("prompt", "completion", "problem")) {
      if (node.has(text)) {
        row.append(text, node.get(text).asText());
      }
    }
    if (node.has("difficulty")) {
      row.append("difficulty", node.get("difficulty").asInt());
    }
    if (node.has("messages")) {
      Group list = row.addGroup("messages");
      for (JsonNode message : node.get("messages")) {
        Group element = list.addGroup("list").addGroup("element");
        element.append("role", message.get("role").asText());
        element.append("content", message.get("content").asText());
      }
    }
    return row;
  }
}
