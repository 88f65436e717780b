package org.r1zero.experiment.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.RecordComponent;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.OptionValues;

/** The reverse of {@link RecordBinder}: a record as a tree with every key, null where it is off. */
final class RecordWriter {
  private static final ObjectMapper SCALARS = new ObjectMapper();

  private RecordWriter() {}

  static ObjectNode write(Record record) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      Object value = RecordBinder.call(component, record);
      node.set(RecordBinder.snake(component.getName()), toNode(value));
    }
    return node;
  }

  private static JsonNode toNode(@Nullable Object value) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    if (value instanceof Record record) {
      return write(record);
    } else if (value instanceof JsonNode node) {
      return node;
    } else if (value instanceof List<?> list) {
      ArrayNode array = nodes.arrayNode();
      list.forEach(element -> array.add(toNode(element)));
      return array;
    } else if (value instanceof Enum<?> constant) {
      return nodes.textNode(OptionValues.name(constant));
    }
    return SCALARS.valueToTree(value);
  }
}
