package org.r1zero.coldstart.records;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation.ListLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.records.DataLimit;

/** The rows of a Parquet file as JSON objects; every fault names the file. */
final class ParquetRows implements AutoCloseable {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Pattern LIBRARY_FILE = Pattern.compile("\\S*LocalInputFile@\\w+");
  private final Path file;
  private final ParquetFileReader reader;
  private final MessageType schema;
  private @Nullable RecordReader<Group> group;
  private long leftInGroup;
  private long row;

  /**
   * Opens a file.
   *
   * @param named what messages call it
   */
  ParquetRows(Path file, Path named, DataLimit limit) throws IOException {
    this.file = named;
    ParquetReadOptions options =
        ParquetReadOptions.builder(new PlainParquetConfiguration())
            .withCodecFactory(new ParquetCodecs(limit))
            .build();
    try {
      this.reader = ParquetFileReader.open(new LocalInputFile(file), options);
      this.schema = reader.getFooter().getFileMetaData().getSchema();
    } catch (RuntimeException e) {
      throw unreadable(e);
    }
  }

  /** The next row; {@code null} at the end. */
  @Nullable JsonNode next() throws IOException {
    try {
      while (leftInGroup == 0) {
        PageReadStore pages = reader.readNextRowGroup();
        if (pages == null) {
          return null;
        }
        leftInGroup = pages.getRowCount();
        group =
            new ColumnIOFactory()
                .getColumnIO(schema)
                .getRecordReader(pages, new GroupRecordConverter(schema));
      }
      leftInGroup--;
      row++;
      return group == null ? null : object(group.read(), schema);
    } catch (RuntimeException | IOException e) {
      throw unreadable(e);
    }
  }

  /** Which row the newest is, from 1. */
  long row() {
    return row;
  }

  /** The library names neither file nor row, and hides what the codecs say. */
  private IllegalArgumentException unreadable(Exception e) {
    String why = String.valueOf(e.getMessage());
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      why = message.startsWith(ParquetCodecs.PAGE) ? message : why;
      if (cause instanceof IllegalArgumentException own && message.startsWith(file + ": ")) {
        return own;
      }
    }
    why = LIBRARY_FILE.matcher(why).replaceFirst("it").lines().findFirst().orElse("");
    return new IllegalArgumentException(
        String.format(
            "%s: is not a readable Parquet file%s: %s",
            file, row == 0 ? "" : " beyond row " + (row - 1), why.isEmpty() ? e : why),
        e);
  }

  private static ObjectNode object(Group group, GroupType type) {
    ObjectNode node = JSON.objectNode();
    for (Type field : type.getFields()) {
      int index = type.getFieldIndex(field.getName());
      int count = group.getFieldRepetitionCount(index);
      if (field.isRepetition(Type.Repetition.REPEATED)) {
        ArrayNode array = node.putArray(field.getName());
        for (int i = 0; i < count; i++) {
          array.add(value(group, field, index, i));
        }
      } else if (count > 0) {
        node.set(field.getName(), value(group, field, index, 0));
      }
    }
    return node;
  }

  private static JsonNode value(Group group, Type field, int index, int at) {
    if (!field.isPrimitive()) {
      Group inner = group.getGroup(index, at);
      GroupType type = field.asGroupType();
      return type.getLogicalTypeAnnotation() instanceof ListLogicalTypeAnnotation
          ? list(inner, type)
          : object(inner, type);
    }
    return switch (field.asPrimitiveType().getPrimitiveTypeName()) {
      case BINARY -> JSON.textNode(group.getString(index, at));
      case INT32 -> JSON.numberNode(group.getInteger(index, at));
      case INT64 -> JSON.numberNode(group.getLong(index, at));
      case BOOLEAN -> JSON.booleanNode(group.getBoolean(index, at));
      case FLOAT -> JSON.numberNode(group.getFloat(index, at));
      case DOUBLE -> JSON.numberNode(group.getDouble(index, at));
      default -> JSON.textNode(group.getValueToString(index, at));
    };
  }

  /**
   * A list of three levels, as the format's specification has it, or of two, as older writers do:
   * then the repeated field is the element.
   */
  private static ArrayNode list(Group group, GroupType type) {
    ArrayNode array = JSON.arrayNode();
    Type repeated = type.getType(0);
    boolean wrapped =
        !repeated.isPrimitive()
            && repeated.asGroupType().getFieldCount() == 1
            && !repeated.getName().equals("array")
            && !repeated.getName().equals(type.getName() + "_tuple");
    for (int i = 0; i < group.getFieldRepetitionCount(0); i++) {
      if (!wrapped) {
        array.add(value(group, repeated, 0, i));
        continue;
      }
      Group entry = group.getGroup(0, i);
      array.add(
          entry.getFieldRepetitionCount(0) == 0
              ? JSON.nullNode()
              : value(entry, repeated.asGroupType().getType(0), 0, 0));
    }
    return array;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
