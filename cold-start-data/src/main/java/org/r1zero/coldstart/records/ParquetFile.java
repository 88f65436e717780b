package org.r1zero.coldstart.records;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.apache.parquet.schema.Type;

/** Writes records as Parquet, in the form that the datasets library reads. */
public final class ParquetFile {
  private ParquetFile() {}

  /**
   * Writes a file; a number of records at a time is in memory.
   *
   * @param schema in the format's own words, such as {@code optional binary prompt (STRING);};
   *     lists are of objects, maps of numbers by names
   * @param records objects with fields of these names, missing ones allowed
   */
  public static void write(Path file, String schema, Iterable<? extends JsonNode> records)
      throws IOException {
    MessageType type = MessageTypeParser.parseMessageType("message record {" + schema + "}");
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new LocalOutputFile(file))
            .withType(type)
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .build()) {
      for (JsonNode record : records) {
        Group row = new SimpleGroup(type);
        fill(row, record, type);
        writer.write(row);
      }
    }
  }

  private static void fill(Group row, JsonNode record, GroupType type) {
    for (Type field : type.getFields()) {
      JsonNode value = record.get(field.getName());
      if (value == null || value.isNull()) {
        continue;
      }
      if (field.isPrimitive()) {
        put(row, field, value);
        continue;
      }
      Group inner = row.addGroup(field.getName());
      GroupType repeated = field.asGroupType().getType(0).asGroupType();
      if (field.getLogicalTypeAnnotation() instanceof MapLogicalTypeAnnotation) {
        for (Map.Entry<String, JsonNode> entry : value.properties()) {
          Group pair = inner.addGroup(repeated.getName()).append("key", entry.getKey());
          put(pair, repeated.getType("value"), entry.getValue());
        }
      } else {
        GroupType element = repeated.getType(0).asGroupType();
        for (JsonNode one : value) {
          fill(inner.addGroup(repeated.getName()).addGroup(element.getName()), one, element);
        }
      }
    }
  }

  private static void put(Group row, Type field, JsonNode value) {
    String name = field.getName();
    switch (field.asPrimitiveType().getPrimitiveTypeName()) {
      case INT32 -> row.append(name, value.asInt());
      case INT64 -> row.append(name, value.asLong());
      case DOUBLE -> row.append(name, value.asDouble());
      case BOOLEAN -> row.append(name, value.asBoolean());
      default -> row.append(name, value.asText());
    }
  }
}
