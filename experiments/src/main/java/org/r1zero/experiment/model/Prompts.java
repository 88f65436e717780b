package org.r1zero.experiment.model;

import java.nio.file.Path;
import java.util.stream.Collectors;
import org.r1zero.coldstart.prompt.ChatPrompt;
import org.r1zero.coldstart.prompt.Conversation;
import org.r1zero.coldstart.prompt.PlainPrompt;
import org.r1zero.coldstart.prompt.R1ZeroPrompt;
import org.r1zero.experiment.config.PromptConfig;
import org.r1zero.grpo.model.tokenizer.ChatTemplate;
import org.r1zero.grpo.model.tokenizer.Message;
import org.r1zero.rollout.PromptRenderer;

/** From a prompt's configuration to what renders it. */
final class Prompts {
  private Prompts() {}

  /**
   * The renderer.
   *
   * @param model the folder whose chat template may be asked for
   * @throws org.r1zero.grpo.model.weights.ModelFileException if it has none
   */
  static PromptRenderer of(PromptConfig config, Path model) {
    return switch (config.template()) {
      case R1_ZERO -> new R1ZeroPrompt();
      case PLAIN -> PlainPrompt.defaults();
      case CHAT -> new ChatPrompt(ChatTemplate.open(model), config.system());
      case RAW ->
          problem ->
              Conversation.of(problem).stream()
                  .map(Message::content)
                  .collect(Collectors.joining("\n\n"));
    };
  }
}
