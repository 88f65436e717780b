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

  /** As a user's turn; the template's texts before, between and after the turns are kept. */
  @Override
  public String observation(String text) {
    return after(new Message("user", text.strip()));
  }

  /** As a turn of the role {@code tool}, of which the template makes its own. */
  @Override
  public String toolResult(String text) {
    return after(new Message("tool", text));
  }

  private String after(Message turn) {
    String said = "\uE000"; // stands nowhere else
    List<Message> turns =
        List.of(
            new Message("user", "?"),
            new Message("assistant", said),
            turn);
    String all = template.render(turns, true);
    int at = all.indexOf(said);
    if (at < 0) {
      throw new IllegalArgumentException(
          "the chat template does not show an assistant's earlier turn, so a conversation can't go"
              + " on; choose another prompt.template");
    }
    return all.substring(at + said.length());
  }

  @Override
  public boolean spellsSpecialTokens() {
    return true;
  }
}
