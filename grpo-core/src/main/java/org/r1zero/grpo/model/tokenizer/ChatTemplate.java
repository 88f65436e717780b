package org.r1zero.grpo.model.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
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
  private static final String OWN = "chat_template.jinja";
  private static final String NAMED = "additional_chat_templates/default.jinja";
  private static final ObjectMapper JSON = new ObjectMapper();
  private final Path file;
  private final JinjaTemplate template;
  private final Map<String, String> specialTokens;

  private ChatTemplate(Path file, String source, Map<String, String> specialTokens, Clock clock) {
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
    for (Path file : List.of(folder.resolve(OWN), folder.resolve(NAMED))) {
      if (Files.isRegularFile(file)) {
        return new ChatTemplate(file, text(file), SpecialTokens.texts(folder), clock);
      }
    }
    Path config = folder.resolve("tokenizer_config.json");
    JsonNode node = MissingNode.getInstance();
    if (Files.isRegularFile(config)) {
      try {
        node = JSON.readTree(config.toFile()).path("chat_template");
      } catch (IOException e) {
        throw ModelFileException.notJson(config, e);
      }
    }
    Map<String, JsonNode> templates = named(node);
    JsonNode template = templates.getOrDefault("default", MissingNode.getInstance());
    if (template.isTextual()) {
      return new ChatTemplate(config, template.asText(), SpecialTokens.texts(folder), clock);
    }
    throw new ModelFileException(
        folder,
        "has no chat template (chat_template.jinja, or chat_template in tokenizer_config.json)"
            + (templates.isEmpty() ? "" : " named default, only " + templates.keySet())
            + "; set prompt.template to another, such as r1_zero");
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new ModelFileException(file, "is not in UTF-8; convert the file to UTF-8", e);
    } catch (IOException e) {
      throw new ModelFileException(file, "is not a readable chat template: " + e, e);
    }
  }

  /**
   * Some models have several templates, as a list of {@code {"name": ..., "template": ...}} or as
   * an object of texts; a text alone is the default.
   */
  private static Map<String, JsonNode> named(JsonNode node) {
    Map<String, JsonNode> templates = new LinkedHashMap<>();
    if (node.isTextual()) {
      templates.put("default", node);
    } else if (node.isArray()) {
      node.forEach(n -> templates.put(n.path("name").asText(), n.path("template")));
    } else if (node.isObject()) {
      node.properties().forEach(n -> templates.put(n.getKey(), n.getValue()));
    }
    return templates;
  }

  /**
   * What the template of a folder writes after an assistant's turn; empty where there is no
   * template that tells.
   */
  static String textAfterTurn(Path folder) {
    String said = "It is four";
    try {
      String text =
          open(folder)
              .render(
                  List.of(new Message("user", "What is 2+2?"), new Message("assistant", said)),
                  false);
      int at = text.lastIndexOf(said);
      return at < 0 ? "" : text.substring(at + said.length());
    } catch (ModelFileException e) {
      return "";
    }
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
    values.putAll(specialTokens); // one that the model lacks stays undefined
    try {
      return template.render(values);
    } catch (JinjaException e) {
      throw new ModelFileException(file, "its chat template fails: " + e.getMessage(), e);
    }
  }
}
