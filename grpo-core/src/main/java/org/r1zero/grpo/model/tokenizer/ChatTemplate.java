package org.r1zero.grpo.model.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.r1zero.grpo.model.tokenizer.jinja.JinjaException;
import org.r1zero.grpo.model.tokenizer.jinja.JinjaTemplate;
import org.r1zero.grpo.model.tokenizer.jinja.None;
import org.r1zero.grpo.model.weights.ModelFileException;

/**
 * A model's chat template, a Jinja text in {@code chat_template.jinja} or in {@code
 * tokenizer_config.json}, rendered as transformers' {@code apply_chat_template} does.
 */
public final class ChatTemplate {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final Path file;
  private final JinjaTemplate template;
  private final SpecialTokens specialTokens;

  private ChatTemplate(Path file, String source, SpecialTokens specialTokens, Clock clock) {
    this.file = file;
    this.specialTokens = specialTokens;
    try {
      this.template = JinjaTemplate.parse(source, clock);
    } catch (JinjaException e) {
      throw new ModelFileException(file, "its chat template can't be read: " + e.getMessage(), e);
    }
  }

  /**
   * Opens the template of a model folder.
   *
   * @throws ModelFileException if it has none, or one that can't be read
   */
  public static ChatTemplate open(Path folder) {
    return open(folder, Clock.system(ZoneId.systemDefault()));
  }

  static ChatTemplate open(Path folder, Clock clock) {
    Path own = folder.resolve("chat_template.jinja");
    Path config = folder.resolve("tokenizer_config.json");
    SpecialTokens specialTokens = SpecialTokens.read(folder);
    try {
      if (Files.isRegularFile(own)) {
        return new ChatTemplate(own, Files.readString(own), specialTokens, clock);
      }
      if (Files.isRegularFile(config)) {
        JsonNode template = defaultTemplate(JSON.readTree(config.toFile()).path("chat_template"));
        if (template.isTextual()) {
          return new ChatTemplate(config, template.asText(), specialTokens, clock);
        }
      }
    } catch (IOException e) {
      throw new ModelFileException(folder, "its chat template can't be read: " + e, e);
    }
    throw new ModelFileException(
        folder,
        "has no chat template (chat_template.jinja, or chat_template in tokenizer_config.json);"
            + " choose another prompt template, such as r1_zero");
  }

  /** Some models have several templates, each {@code {"name": ..., "template": ...}}. */
  private static JsonNode defaultTemplate(JsonNode node) {
    for (JsonNode named : node) {
      if (named.path("name").asText().equals("default")) {
        return named.path("template");
      }
    }
    return node;
  }

  /**
   * Renders a chat.
   *
   * @param messages its turns
   * @param addGenerationPrompt whether the assistant's turn is opened at the end
   * @throws ModelFileException if the template refuses the messages or can't be rendered
   */
  public String render(List<Message> messages, boolean addGenerationPrompt) {
    List<Object> turns = new ArrayList<>();
    for (Message message : messages) {
      Map<Object, Object> turn = new LinkedHashMap<>();
      turn.put("role", message.role());
      turn.put("content", message.content());
      turns.add(turn);
    }
    Map<String, Object> values = new HashMap<>();
    values.put("messages", turns);
    values.put("tools", None.NONE);
    values.put("documents", None.NONE);
    values.put("add_generation_prompt", addGenerationPrompt);
    putToken(values, "bos_token", specialTokens.bosToken());
    putToken(values, "eos_token", specialTokens.eosToken());
    try {
      return template.render(values);
    } catch (JinjaException e) {
      throw new ModelFileException(file, "its chat template fails: " + e.getMessage(), e);
    }
  }

  /** A token that the model lacks stays undefined. */
  private static void putToken(Map<String, Object> values, String name, String token) {
    if (!token.isEmpty()) {
      values.put(name, token);
    }
  }
}
