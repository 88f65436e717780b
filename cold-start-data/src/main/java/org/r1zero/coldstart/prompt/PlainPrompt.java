package org.r1zero.coldstart.prompt;

import org.r1zero.grpo.model.tokenizer.Message;
import org.r1zero.rollout.PromptRenderer;
import org.r1zero.verify.Problem;

/**
 * The question between a fixed beginning and end: for base models with a small context. Earlier
 * turns of its data come before it in the same form.
 *
 * @param before such as {@code "Question: "}
 * @param after such as {@code "\nAnswer:"}
 */
public record PlainPrompt(String before, String after) implements PromptRenderer {

  /** {@code Question: …}, then {@code Answer:} on a line of its own. */
  public static PlainPrompt defaults() {
    return new PlainPrompt("Question: ", "\nAnswer:");
  }

  @Override
  public String render(Problem problem) {
    StringBuilder text = new StringBuilder();
    for (Message turn : Conversation.of(problem)) {
      if (Conversation.isSystem(turn)) {
        text.append(turn.content()).append("\n\n");
      } else if (turn.role().equals("assistant")) {
        text.append(' ').append(turn.content()).append("\n\n");
      } else {
        text.append(before).append(turn.content()).append(after);
      }
    }
    return text.toString();
  }
}
