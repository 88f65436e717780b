package org.r1zero.coldstart.prompt;

import java.util.ArrayList;
import java.util.List;
import org.r1zero.grpo.model.tokenizer.ChatTemplate;
import org.r1zero.grpo.model.tokenizer.Message;
import org.r1zero.rollout.PromptRenderer;
import org.r1zero.verify.Problem;

/**
 * The question as the user's turn of the model's own chat template, the assistant's turn opened.
 *
 * @param template the model's
 * @param system the system message; empty leaves the template's own
 */
public record ChatPrompt(ChatTemplate template, String system) implements PromptRenderer {

  @Override
  public String render(Problem problem) {
    List<Message> messages = new ArrayList<>();
    if (!system.isEmpty()) {
      messages.add(new Message("system", system));
    }
    messages.add(new Message("user", problem.question()));
    return template.render(messages, true);
  }

  @Override
  public boolean spellsSpecialTokens() {
    return true;
  }
}
