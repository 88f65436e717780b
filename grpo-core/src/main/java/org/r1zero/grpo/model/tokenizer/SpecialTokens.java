package org.r1zero.grpo.model.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.r1zero.grpo.model.weights.ModelFileException;

/**
 * Tokens with a meaning of their own.
 *
 * @param endOfSequence ids that end a completion: {@code eos_token_id} of {@code
 *     generation_config.json} (a number or a list), else of {@code config.json}
 * @param bosToken text of the token that begins a sequence, empty where there is none; for chat
 *     templates
 * @param eosToken text of the end-of-sequence token by {@code tokenizer_config.json}, empty where
 *     there is none; for chat templates
 */
public record SpecialTokens(Set<Integer> endOfSequence, String bosToken, String eosToken) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Fixes the set. */
  public SpecialTokens {
    endOfSequence = Set.copyOf(endOfSequence);
  }

  static SpecialTokens read(Path folder) {
    Set<Integer> end = ids(json(folder.resolve("generation_config.json")).path("eos_token_id"));
    if (end.isEmpty()) {
      end = ids(json(folder.resolve("config.json")).path("eos_token_id"));
    }
    if (end.isEmpty()) {
      throw new ModelFileException(
          folder.resolve("config.json"),
          "eos_token_id is missing here and in generation_config.json: no completion could end");
    }
    JsonNode tokenizer = json(folder.resolve("tokenizer_config.json"));
    return new SpecialTokens(
        end, text(tokenizer.path("bos_token")), text(tokenizer.path("eos_token")));
  }

  private static Set<Integer> ids(JsonNode node) {
    Set<Integer> ids = new TreeSet<>();
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
      throw new ModelFileException(file, "is no JSON: " + e.getMessage(), e);
    }
  }
}
