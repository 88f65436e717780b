package org.r1zero.coldstart.prompt;

import java.util.ArrayList;
import java.util.List;
import org.r1zero.grpo.model.tokenizer.ChatTemplate;
import org.r1zero.grpo.model.tokenizer.Message;
import org.r1zero.rollout.PromptRenderer;
import org.r1zero.verify.Problem;

/**
 * The question as the user's turn of the model's own chat template, after the turns that its data
 * has before it; the assistant's turn is opened.
 *
 * @param template the model's
 * @param system the system message of problems that have none of their own; empty leaves the
 *     template's own
 */
public record ChatPrompt(ChatTemplate template, String system) implements PromptRenderer {

  @Override
  public String render(Problem problem) {
    List<Message> messages = new ArrayList<>(Conversation.of(problem));
    if (!system.isEmpty() && !Conversation.isSystem(messages.get(0))) {
      messages.add(0, new Message("system", system));
    }
    return template.render(messages, true);
  }

  @Override
  public boolean spellsSpecialTokens() {
    return true;
  }
}
