package org.r1zero.grpo.model.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.interpret.FatalTemplateErrorsException;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.r1zero.grpo.model.weights.ModelFileException;

/**
 * A model's chat template, a Jinja text in {@code chat_template.jinja} or in {@code
 * tokenizer_config.json}, rendered as transformers' {@code apply_chat_template} does.
 */
public final class ChatTemplate {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Jinja2's own rules where Jinjava's differ; with all of its overrides it prints tags as text.
   */
  private static final LegacyOverrides JINJA =
      LegacyOverrides.newBuilder()
          .withParseWhitespaceControlStrictly(true)
          .withUseTrimmingForNotesAndExpressions(true)
          .withKeepNullableLoopValues(true)
          .build();

  private final Path file;
  private final String template;
  private final SpecialTokens specialTokens;
  private final Jinjava jinja;

  private ChatTemplate(Path file, String template, SpecialTokens specialTokens) {
    this.file = file;
    this.template = template;
    this.specialTokens = specialTokens;
    this.jinja =
        new Jinjava(
            JinjavaConfig.newBuilder()
                .withTrimBlocks(true)
                .withLstripBlocks(true)
                .withLegacyOverrides(JINJA)
                .withNestedInterpretationEnabled(false) // a message is data, not a template
                .build());
  }

  /**
   * Opens the template of a model folder.
   *
   * @throws ModelFileException if it has none
   */
  public static ChatTemplate open(Path folder) {
    Path own = folder.resolve("chat_template.jinja");
    Path config = folder.resolve("tokenizer_config.json");
    SpecialTokens specialTokens = SpecialTokens.read(folder);
    try {
      if (Files.isRegularFile(own)) {
        return new ChatTemplate(own, Files.readString(own), specialTokens);
      }
      if (Files.isRegularFile(config)) {
        JsonNode template = JSON.readTree(config.toFile()).path("chat_template");
        if (template.isTextual()) {
          return new ChatTemplate(config, template.asText(), specialTokens);
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

  /**
   * Renders a chat.
   *
   * @param messages its turns
   * @param addGenerationPrompt whether the assistant's turn is opened at the end
   * @throws ModelFileException if the template refuses the messages or can't be rendered
   */
  public String render(List<Message> messages, boolean addGenerationPrompt) {
    List<Map<String, String>> turns = new ArrayList<>();
    for (Message message : messages) {
      turns.add(Map.of("role", message.role(), "content", message.content()));
    }
    Map<String, Object> context = new HashMap<>();
    context.put("messages", turns);
    context.put("add_generation_prompt", addGenerationPrompt);
    context.put("bos_token", specialTokens.bosToken());
    context.put("eos_token", specialTokens.eosToken());
    try {
      RenderResult result = jinja.renderForResult(template, context);
      for (TemplateError error : result.getErrors()) {
        if (error.getSeverity() == TemplateError.ErrorType.FATAL) {
          throw new ModelFileException(file, "its chat template fails: " + error.getMessage());
        }
      }
      return result.getOutput();
    } catch (FatalTemplateErrorsException e) {
      throw new ModelFileException(file, "its chat template fails: " + e.getMessage(), e);
    }
  }
}
