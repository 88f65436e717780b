package org.r1zero.coldstart.curate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/** Writes examples as Parquet, in the form that the datasets library has. */
final class ParquetFiles {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TEXTS =
      "optional binary prompt (STRING); optional binary completion (STRING);";
  private static final String MESSAGES =
      "optional group messages (LIST) { repeated group list { optional group element {"
          + " optional binary role (STRING); optional binary content (STRING); } } }";
  private static final String MORE = "optional binary problem (STRING); optional int32 difficulty;";

  private ParquetFiles() {}

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
