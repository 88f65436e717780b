package org.r1zero.grpo.model.tokenizer;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.r1zero.grpo.model.weights.ModelFileException;

/**
 * Which ids a {@code tokenizer.json} gives out.
 *
 * @param largest the largest id of the model's own vocabulary; -1 where it has none
 * @param added ids of the added tokens, by text
 * @param known ids of the texts that were asked for and that the model's vocabulary has
 */
record Vocabulary(int largest, Map<String, Integer> added, Map<String, Integer> known) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A text may become this many times as long, in bytes; real normalizers stay below 20. */
  private static final double MOST_GROWTH = 1000;

  /** Bytes that a Unicode normalization form can make of one. */
  private static final double NORMAL_FORM_GROWTH = 18;

  /**
   * Reads the file, a piece at a time: some have tens of megabytes.
   *
   * @param wanted texts whose ids are asked for besides those of added tokens
   * @throws ModelFileException if it is not of the format, or if its rules would let texts grow
   *     without measure
   */
  static Vocabulary read(Path file, Collection<String> wanted) {
    int largest = -1;
    Map<String, Integer> known = new LinkedHashMap<>();
    Map<String, Integer> added = new LinkedHashMap<>();
    try (JsonParser parser = JSON.createParser(file.toFile())) {
      require(parser.nextToken() == JsonToken.START_OBJECT, file);
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        parser.nextToken();
        switch (field) {
          case "added_tokens" -> {
            JsonNode tokens = JSON.readTree(parser);
            for (JsonNode token : tokens) {
              added.put(token.path("content").asText(), token.path("id").asInt());
            }
          }
          case "normalizer", "decoder" -> checkGrowth(file, field, JSON.readTree(parser));
          case "model" -> largest = largest(parser, file, wanted, known);
          default -> parser.skipChildren();
        }
      }
    } catch (IOException e) {
      throw new ModelFileException(file, "is not a tokenizer: " + ModelFileException.why(e), e);
    }
    return new Vocabulary(largest, added, known);
  }

  private static void require(boolean right, Path file) {
    if (!right) {
      throw new ModelFileException(file, "is not a tokenizer: it must be a JSON object");
    }
  }

  /** Of {@code vocab}: ids by token, or for Unigram a list of tokens with their scores. */
  private static int largest(
      JsonParser parser, Path file, Collection<String> wanted, Map<String, Integer> known)
      throws IOException {
    int largest = -1;
    require(parser.currentToken() == JsonToken.START_OBJECT, file);
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      boolean vocab = parser.currentName().equals("vocab");
      JsonToken start = parser.nextToken();
      if (vocab && start == JsonToken.START_OBJECT) {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String text = parser.currentName();
          parser.nextToken();
          int id = parser.getValueAsInt(-1);
          parser.skipChildren();
          largest = Math.max(largest, id);
          if (wanted.contains(text)) {
            known.put(text, id);
          }
        }
      } else if (vocab && start == JsonToken.START_ARRAY) {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          largest++;
          String text = JSON.<JsonNode>readTree(parser).path(0).asText();
          if (wanted.contains(text)) {
            known.put(text, largest);
          }
        }
      } else {
        parser.skipChildren();
      }
    }
    return largest;
  }

  private static void checkGrowth(Path file, String part, JsonNode node) {
    double growth = growth(node);
    if (growth > MOST_GROWTH) {
      throw new ModelFileException(
          file,
          String.format(
              "its %s can make a text %.3g times as long; at most %.0f times is allowed",
              part, growth, MOST_GROWTH));
    }
  }

  /** How many times as long a text can become: the parts of a sequence multiply. */
  private static double growth(JsonNode node) {
    double all = 1;
    switch (node.path("type").asText()) {
      case "Replace" -> all = replacement(node);
      case "NFD", "NFKD", "NFC", "NFKC", "Precompiled" -> all = NORMAL_FORM_GROWTH;
      default -> {}
    }
    for (JsonNode part : node.path("normalizers")) {
      all *= growth(part);
    }
    for (JsonNode part : node.path("decoders")) {
      all *= growth(part);
    }
    return all;
  }

  /** A regular expression may match one byte, or none between two. */
  private static double replacement(JsonNode node) {
    int found = length(node.path("pattern").path("String").asText());
    int content = length(node.path("content").asText());
    return found == 0 ? content + 1 : Math.max(1, (double) content / found);
  }

  private static int length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /** The id of an added token, or of another that was asked for. */
  OptionalInt id(String text) {
    Integer id = added.getOrDefault(text, known.get(text));
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }
}
