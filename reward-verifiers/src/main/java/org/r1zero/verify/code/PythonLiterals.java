package org.r1zero.verify.code;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Requests to our scripts: JSON in one line, which with three names defined is also Python. */
final class PythonLiterals {

  static final ObjectMapper JSON = new ObjectMapper();

  private PythonLiterals() {}

  /** A request to the worker. */
  static byte[] request(String operation, Object... arguments) {
    return line(List.of(operation, List.of(arguments)));
  }

  /** Any value as one line. */
  static byte[] line(Object value) {
    try {
      // not as bytes: Jackson would write an emoji as two escapes, which Python reads as two halves
      return JSON.writeValueAsString(value).getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A text that is valid Unicode: unpaired surrogates, which a model may write, are replaced. */
  static String valid(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  /** An array node of texts. */
  static ArrayNode texts(List<String> texts) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    texts.forEach(text -> array.add(valid(text)));
    return array;
  }
}
