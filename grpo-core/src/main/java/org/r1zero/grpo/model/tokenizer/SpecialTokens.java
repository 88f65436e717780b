package org.r1zero.grpo.model.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.r1zero.grpo.model.weights.ModelFileException;

/**
 * Tokens with a meaning of their own, read where transformers reads them.
 *
 * @param endOfSequence ids that end a completion, in the order of the file: {@code eos_token_id} of
 *     {@code generation_config.json} (a number or a list), otherwise of {@code config.json},
 *     otherwise the id of the tokenizer's {@code eos_token}
 * @param texts by name, such as {@code bos_token}: what chat templates may spell; of {@code
 *     tokenizer_config.json}, or of {@code special_tokens_map.json} where the former lists no
 *     {@code added_tokens_decoder}
 */
public record SpecialTokens(List<Integer> endOfSequence, Map<String, String> texts) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> NAMES =
      List.of(
          "bos_token",
          "eos_token",
          "unk_token",
          "sep_token",
          "pad_token",
          "cls_token",
          "mask_token");

  /** Fixes both; ids are kept in order, each once. */
  public SpecialTokens {
    endOfSequence = List.copyOf(new LinkedHashSet<>(endOfSequence));
    texts = Collections.unmodifiableMap(new LinkedHashMap<>(texts));
  }

  static SpecialTokens read(Path folder, Vocabulary vocabulary) {
    Map<String, String> texts = texts(folder);
    Set<Integer> end = ids(json(folder.resolve("generation_config.json")).path("eos_token_id"));
    if (end.isEmpty()) {
      end = ids(json(folder.resolve("config.json")).path("eos_token_id"));
    }
    if (end.isEmpty()) {
      OptionalInt id = vocabulary.id(texts.getOrDefault("eos_token", ""));
      if (id.isEmpty()) {
        throw new ModelFileException(
            folder.resolve("config.json"),
            "eos_token_id is missing here and in generation_config.json, and tokenizer_config.json"
                + " has no eos_token: no completion could end");
      }
      end = Set.of(id.getAsInt());
    }
    return new SpecialTokens(List.copyOf(end), texts);
  }

  /** The texts alone, of {@code tokenizer_config.json} and {@code special_tokens_map.json}. */
  static Map<String, String> texts(Path folder) {
    JsonNode config = json(folder.resolve("tokenizer_config.json"));
    JsonNode map = json(folder.resolve("special_tokens_map.json"));
    Map<String, String> texts = new LinkedHashMap<>();
    for (String name : NAMES) {
      boolean older = !config.has("added_tokens_decoder") && map.has(name);
      String text = text((older ? map : config).path(name));
      if (!text.isEmpty()) {
        texts.put(name, text);
      }
    }
    return texts;
  }

  /** Text of the tokenizer's end-of-sequence token; empty where it has none. */
  public String eosToken() {
    return texts.getOrDefault("eos_token", "");
  }

  private static Set<Integer> ids(JsonNode node) {
    Set<Integer> ids = new LinkedHashSet<>();
    for (JsonNode id : node.isArray() ? node : List.of(node)) {
      if (id.isInt()) {
        ids.add(id.asInt());
      }
    }
    return ids;
  }

  /** A token is its text, or an object whose {@code content} is. */
  private static String text(JsonNode node) {
    return node.isTextual() ? node.asText() : node.path("content").asText("");
  }

  private static JsonNode json(Path file) {
    if (!Files.isRegularFile(file)) {
      return MissingNode.getInstance();
    }
    try {
      return JSON.readTree(file.toFile());
    } catch (IOException e) {
      throw ModelFileException.notJson(file, e);
    }
  }
}
