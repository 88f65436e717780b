package org.r1zero.experiment.metrics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.EnumFeature;
import com.fasterxml.jackson.databind.deser.std.StdDelegatingDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.databind.util.StdConverter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.files.WholeFiles;
import org.r1zero.verify.records.Records;

/**
 * Records as JSON, one form for all files that a run leaves: keys in snake case, names of enums in
 * lower case, paths as they are written. Reading, keys that are not known are left out.
 */
public final class JsonFiles {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .addModule(
              new SimpleModule() // Jackson's own form of a path is a URI
                  .addSerializer(Path.class, ToStringSerializer.instance)
                  .addDeserializer(Path.class, new StdDelegatingDeserializer<>(new PathOfText())))
          .build();

  /** Reads a path. */
  private static final class PathOfText extends StdConverter<String, Path> {
    @Override
    public Path convert(String text) {
      return Path.of(text);
    }
  }

  private JsonFiles() {}

  /** A record as a tree. */
  public static ObjectNode tree(Object value) {
    return JSON.valueToTree(value);
  }

  /** A value of any kind as a tree. */
  public static JsonNode node(@Nullable Object value) {
    return JSON.valueToTree(value);
  }

  /** A record in one line. */
  static String line(Object value) throws JsonProcessingException {
    return JSON.writeValueAsString(value);
  }

  /**
   * A record of a tree.
   *
   * @throws JsonProcessingException if it has not the record's form
   */
  public static <T> T of(JsonNode tree, Class<T> type) throws JsonProcessingException {
    return JSON.treeToValue(tree, type);
  }

  /** Writes a file to be read by people too, in the place of one that is there. */
  public static void write(Path file, Object value) throws IOException {
    WholeFiles.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(value));
  }

  /**
   * Reads a file.
   *
   * @throws IOException if it can't be read, or has not the record's form; says which file
   */
  public static <T> T read(Path file, Class<T> type) throws IOException {
    try {
      return JSON.readValue(Files.readAllBytes(file), type);
    } catch (JsonProcessingException e) {
      throw new IOException(file + " can't be read: " + Records.why(e), e);
    }
  }
}
