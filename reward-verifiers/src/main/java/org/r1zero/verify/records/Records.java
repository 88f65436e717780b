package org.r1zero.verify.records;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.regex.Pattern;

/** Records of data from JSON texts. */
public final class Records {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final Pattern SURROGATE = Pattern.compile("\\\\u[dD][89a-fA-F]|[\\ud800-\\udfff]");

  private static final Pattern PARSER =
      Pattern.compile(
          ", from `[^`]*`|: enable `[^`]*` to allow|; to allow use `[^`]*`| \\(start marker at \\[.*?\\]\\)");

  private Records() {}

  /**
   * Reads a record. Half a character, an unpaired surrogate as a cut emoji leaves it, becomes
   * U+FFFD: no encoder can write it, so that it would end the run much later.
   *
   * @throws JsonProcessingException if it is not exactly one JSON value
   */
  public static JsonNode parse(String text) throws JsonProcessingException {
    JsonNode node = JSON.readTree(text);
    return SURROGATE.matcher(text).find() ? whole(node) : node;
  }

  /** A value in which half characters are U+FFFD, as {@link #parse} does it. */
  public static JsonNode whole(JsonNode node) {
    if (node.isTextual()) {
      return JsonNodeFactory.instance.textNode(whole(node.textValue()));
    } else if (node.isArray()) {
      var array = JsonNodeFactory.instance.arrayNode();
      node.forEach(item -> array.add(whole(item)));
      return array;
    } else if (node.isObject()) {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      node.properties().forEach(f -> object.set(whole(f.getKey()), whole(f.getValue())));
      return object;
    }
    return node;
  }

  /** Why a text is not JSON, without the names of the parser's own switches. */
  public static String why(JsonProcessingException fault) {
    return PARSER.matcher(String.valueOf(fault.getOriginalMessage())).replaceAll("");
  }

  /**
   * At most so many characters of a text, for messages: where it is cut, {@code mark} says so, and
   * no half character is left.
   */
  public static String shortened(String text, int most, String mark) {
    return text.length() <= most ? text : whole(text.substring(0, most)) + mark;
  }

  /** A text in which each unpaired surrogate is U+FFFD. */
  public static String whole(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c ->
                out.appendCodePoint(
                    c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c));
    return out.toString();
  }
}
